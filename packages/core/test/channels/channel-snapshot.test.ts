import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { channel } from '../../src/channels/index.ts';
import { Gate } from '../harness/gate.ts';
import { Taking } from './taking.ts';

/** A channel that keeps two events, and subscribers of it who are given snapshots. */
async function withSnapshots(...events: readonly string[]) {
  const made = channel({ event: z.string(), keep: { events: 2 } });
  const ids: string[] = [];
  const publish = async (...more: readonly string[]): Promise<void> => {
    for (const event of more) ids.push(await made.publish(event));
  };
  await publish(...events);
  return { channel: made, publish, ids };
}

describe('a snapshot', () => {
  it('is the first that a subscriber without a cursor gets, and stands for all that was published', async () => {
    const { channel, publish } = await withSnapshots('a', 'b', 'c');
    const taking = new Taking(channel.subscribe({ snapshot: () => 'abc', replay: 100 }));
    expect(taking.take()).toEqual([]);
    expect(await taking.settle()).toEqual(['"abc"@3']);
    await publish('d');
    expect(taking.take()).toEqual(['"d"@4']);
    taking.stop();
  });

  it('is told when it is there', async () => {
    const { channel } = await withSnapshots();
    const gate = new Gate<string>();
    const taking = new Taking(channel.subscribe({ snapshot: () => gate.promise }));
    expect([taking.take(), taking.wakes]).toEqual([[], 0]);
    gate.open('state');
    expect([await taking.settle(), taking.wakes]).toEqual([['"state"@0'], 1]);
    taking.stop();
  });

  it('is made when the subscription is first read, once', async () => {
    const { channel } = await withSnapshots();
    let made = 0;
    const taking = new Taking(channel.subscribe({ snapshot: () => `${++made}` }));
    expect(made).toBe(0);
    taking.take();
    await taking.settle();
    await taking.settle();
    expect([made, taking.story]).toEqual([1, ['"1"@0']]);
    taking.stop();
  });

  it('is followed by what is published while it is made', async () => {
    const { channel, publish } = await withSnapshots('a');
    const gate = new Gate<string>();
    const taking = new Taking(channel.subscribe({ snapshot: () => gate.promise }));
    taking.take();
    await publish('b', 'c');
    expect(taking.take()).toEqual([]);
    gate.open('a');
    expect(await taking.settle()).toEqual(['"a"@1', '"b"@2', '"c"@3']);
    taking.stop();
  });

  it('is made anew if its subscriber falls behind meanwhile', async () => {
    const { channel, publish } = await withSnapshots('a');
    const gates = [new Gate<string>(), new Gate<string>()];
    let asked = 0;
    const snapshot = (): Promise<string> => gates[asked++]?.promise ?? Promise.reject(new Error('again'));
    const taking = new Taking(channel.subscribe({ snapshot }));
    taking.take();
    await publish('b', 'c', 'd');
    gates[0]?.open('a');
    expect(await taking.settle()).toEqual(['"a"@1']);
    gates[1]?.open('abcd');
    expect(await taking.settle()).toEqual(['"abcd"@4']);
    expect(asked).toBe(2);
    taking.stop();
  });

  it('is nothing for a subscriber whose cursor is good', async () => {
    const { channel, ids } = await withSnapshots('a', 'b', 'c');
    const taking = new Taking(channel.subscribe({ snapshot: () => 'state' }), { after: ids[1] });
    expect([taking.take(), await taking.settle()]).toEqual([['"c"@3'], []]);
    taking.stop();
  });

  it('comes in place of every gap', async () => {
    const { channel, publish, ids } = await withSnapshots('a', 'b', 'c', 'd');
    const state = { now: 'abcd' };
    const read = (after: string): Taking => {
      const taking = new Taking(channel.subscribe({ snapshot: () => state.now }), { after });
      taking.take();
      return taking;
    };
    const [expired, restarted] = [read(ids[0] ?? ''), read('elsewhere.1')];
    for (const taking of [expired, restarted]) expect(await taking.settle()).toEqual(['"abcd"@4']);
    await publish('e', 'f', 'g');
    state.now = 'abcdefg';
    for (const taking of [expired, restarted]) {
      expect(taking.take()).toEqual([]);
      expect(await taking.settle()).toEqual(['"abcdefg"@7']);
      taking.stop();
    }
  });

  it('has a place: whoever has it continues after it', async () => {
    const { channel, publish } = await withSnapshots('a');
    const taking = new Taking(channel.subscribe({ snapshot: () => 'a' }));
    taking.take();
    await taking.settle();
    taking.stop();
    await publish('b');
    const again = new Taking(channel.subscribe({ snapshot: () => 'never' }), { after: taking.cursor });
    expect(again.take()).toEqual(['"b"@2']);
    again.stop();
  });

  it('may be one for each subscriber, and is kept for nobody', async () => {
    const { channel } = await withSnapshots('a');
    const takings = ['x', 'y'].map((own) => new Taking(channel.subscribe({ snapshot: () => own })));
    for (const taking of takings) taking.take();
    for (const [i, taking] of takings.entries()) {
      expect(await taking.settle()).toEqual([`"${'xy'[i]}"@1`]);
      taking.stop();
    }
    const plain = new Taking(channel.subscribe({ replay: 100 }));
    expect(plain.take()).toEqual(['at 0', '"a"@1']);
    plain.stop();
  });

  for (const [how, snapshot] of Object.entries({
    throws: (): string => {
      throw new Error('no state');
    },
    rejects: (): Promise<string> => Promise.reject(new Error('no state')),
  })) {
    it(`that ${how} fails its subscription`, async () => {
      const { channel, publish } = await withSnapshots();
      const taking = new Taking(channel.subscribe({ snapshot }));
      taking.take();
      await publish('a');
      await taking.settle();
      expect(taking.story).toEqual(['threw no state']);
      expect(channel.subscribers).toBe(0);
    });
  }

  it('that cannot be written fails its subscription', async () => {
    const made = channel({ event: z.bigint() });
    const taking = new Taking(made.subscribe({ snapshot: () => 1n }));
    taking.take();
    expect(await taking.settle()).toEqual([expect.stringMatching(/^threw .*BigInt/)]);
  });

  it('that is being made when the channel is closed comes, and then what was published by then', async () => {
    const { channel, publish } = await withSnapshots('a');
    const gate = new Gate<string>();
    const taking = new Taking(channel.subscribe({ snapshot: () => gate.promise }));
    taking.take();
    await publish('b');
    channel.close();
    expect(taking.take()).toEqual([]);
    gate.open('a');
    expect(await taking.settle()).toEqual(['"a"@1', '"b"@2', 'end']);
    expect(channel.subscribers).toBe(0);
  });

  it('that fails after the channel was closed fails its subscription', async () => {
    const { channel } = await withSnapshots('a');
    const gate = new Gate<string>();
    const taking = new Taking(channel.subscribe({ snapshot: () => gate.promise }));
    taking.take();
    channel.close();
    gate.fail(new Error('no state'));
    expect(await taking.settle()).toEqual(['threw no state']);
  });

  it('that is made for one who has left is told to nobody', async () => {
    const { channel } = await withSnapshots();
    const gate = new Gate<string>();
    const taking = new Taking(channel.subscribe({ snapshot: () => gate.promise }));
    taking.take();
    taking.stop();
    gate.open('state');
    expect(await taking.settle()).toEqual([]);
    expect([taking.feed.take(), channel.subscribers]).toEqual(['end', 0]);
  });
});
