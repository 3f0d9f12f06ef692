import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Keep } from '../../src/channels/channel.ts';
import { channel } from '../../src/channels/index.ts';
import { Taking } from './taking.ts';

function numbers(keep?: Keep) {
  const made = channel({ event: z.number(), keep });
  const publish = async (...events: readonly number[]): Promise<string> => {
    let id = '';
    for (const event of events) id = await made.publish(event);
    return id;
  };
  return { channel: made, publish };
}

describe('a subscriber without a cursor', () => {
  it('is told its place before there is an event, and then what is new', async () => {
    const { channel, publish } = numbers();
    await publish(1, 2);
    const taking = new Taking(channel.subscribe());
    expect(taking.take()).toEqual(['at 2']);
    await publish(3);
    expect(taking.wakes).toBe(1);
    expect(taking.take()).toEqual(['3@3']);
    taking.stop();
  });

  it('has a place in a channel in which nothing was ever published', async () => {
    const { channel, publish } = numbers();
    const first = new Taking(channel.subscribe());
    expect(first.take()).toEqual(['at 0']);
    first.stop();
    await publish(1);
    const again = new Taking(channel.subscribe(), { after: first.cursor });
    expect(again.take()).toEqual(['1@1']);
    again.stop();
  });

  it('gets up to so many of the kept events first', async () => {
    const { channel, publish } = numbers({ events: 3 });
    await publish(1, 2, 3, 4);
    const story = (replay: number): readonly string[] => {
      const taking = new Taking(channel.subscribe({ replay }));
      taking.take();
      taking.stop();
      return taking.story;
    };
    expect(story(0)).toEqual(['at 4']);
    expect(story(2)).toEqual(['at 2', '3@3', '4@4']);
    for (const replay of [3, 4, 1000, Number.POSITIVE_INFINITY]) {
      expect(story(replay)).toEqual(['at 1', '2@2', '3@3', '4@4']);
    }
  });

  it('may not ask for what is no number of events', () => {
    const { channel } = numbers();
    for (const replay of [-1, 1.5, Number.NaN, Number.NEGATIVE_INFINITY]) {
      expect(() => channel.subscribe({ replay })).toThrow(RangeError);
    }
  });

  it('gets what is published between its replay and what is new once', async () => {
    const { channel, publish } = numbers();
    await publish(1, 2, 3);
    const taking = new Taking(channel.subscribe({ replay: 2 }));
    taking.take(2);
    await publish(4);
    taking.take(1);
    await publish(5);
    taking.take();
    expect(taking.story).toEqual(['at 1', '2@2', '3@3', '4@4', '5@5']);
    taking.stop();
  });

  it('begins where the channel is when it is first read, and not when it was made', async () => {
    const { channel, publish } = numbers();
    const taking = new Taking(channel.subscribe());
    await publish(1);
    expect([channel.subscribers, taking.wakes]).toEqual([0, 0]);
    expect(taking.take()).toEqual(['at 1']);
    expect(channel.subscribers).toBe(1);
    taking.stop();
    expect(channel.subscribers).toBe(0);
  });
});

describe('a subscriber with a cursor', () => {
  it('gets what comes after it, and what is new', async () => {
    const { channel, publish } = numbers();
    const cursor = await publish(1);
    await publish(2, 3);
    const taking = new Taking(channel.subscribe({ after: cursor, replay: 100 }));
    expect(taking.take()).toEqual(['2@2', '3@3']);
    await publish(4);
    expect(taking.take()).toEqual(['4@4']);
    taking.stop();
  });

  it('misses nothing if all that it has not got is kept', async () => {
    const { channel, publish } = numbers({ events: 2 });
    const cursor = await publish(1);
    await publish(2, 3);
    const taking = new Taking(channel.subscribe({ after: cursor }));
    expect(taking.take()).toEqual(['2@2', '3@3']);
    taking.stop();
  });

  it('that is the newest has nothing to get', async () => {
    const { channel, publish } = numbers();
    const cursor = await publish(1, 2);
    const taking = new Taking(channel.subscribe({ after: cursor }));
    expect(taking.take()).toEqual([]);
    await publish(3);
    expect(taking.take()).toEqual(['3@3']);
    taking.stop();
  });

  it('that is too old is told how many events are missing, and gets the rest', async () => {
    const { channel, publish } = numbers({ events: 2 });
    const cursor = await publish(1);
    await publish(2, 3, 4, 5);
    const taking = new Taking(channel.subscribe({ after: cursor }));
    expect(taking.take()).toEqual(['gap expired 2', 'at 3', '4@4', '5@5']);
    taking.stop();
  });

  it('of another channel, or of one that was there before, is told so, and gets what is kept', async () => {
    const before = numbers();
    const cursor = await before.publish(1, 2);
    const { channel, publish } = numbers({ events: 2 });
    await publish(1, 2, 3);
    const taking = new Taking(channel.subscribe({ after: cursor }));
    expect(taking.take()).toEqual(['gap restarted', 'at 1', '2@2', '3@3']);
    taking.stop();
    const empty = new Taking(numbers().channel.subscribe({ after: cursor }));
    expect(empty.take()).toEqual(['gap restarted', 'at 0']);
    empty.stop();
  });

  it('that is none is taken for one of another channel', async () => {
    const { channel, publish } = numbers();
    const id = await publish(1);
    const epoch = id.slice(0, -2);
    const tails = ['2', '-1', '01', '1.5', '1e0', 'NaN', '9'.repeat(16), '9'.repeat(400), '', ' 1', '1\0'];
    const strange = [
      '',
      '.',
      '0',
      'null',
      '__proto__',
      '{"lastEventId":1}',
      'x'.repeat(1_000_000),
      '💥',
      '\uD800',
    ];
    for (const after of [...tails.map((tail) => `${epoch}.${tail}`), ...strange, epoch, `${epoch}.`]) {
      const taking = new Taking(channel.subscribe({ after }));
      expect(taking.take()).toEqual(['gap restarted', 'at 0', '1@1']);
      taking.stop();
    }
  });

  it('that is null or undefined has none', async () => {
    const { channel, publish } = numbers();
    await publish(1);
    for (const after of [null, undefined]) {
      const taking = new Taking(channel.subscribe({ after, replay: 1 }));
      expect(taking.take()).toEqual(['at 0', '1@1']);
      taking.stop();
    }
  });

  it('of its own continues after that, whatever the procedure says', async () => {
    const { channel, publish } = numbers();
    const old = await publish(1);
    const own = await publish(2);
    await publish(3);
    const taking = new Taking(channel.subscribe({ after: old }), { after: own });
    expect(taking.take()).toEqual(['3@3']);
    taking.stop();
  });
});

describe('a channel', () => {
  it('has any number of subscribers, each with a place of its own', async () => {
    const { channel, publish } = numbers();
    const [quick, slow] = [new Taking(channel.subscribe()), new Taking(channel.subscribe())];
    quick.take();
    slow.take();
    await publish(1);
    quick.take();
    await publish(2);
    expect([quick.take(), slow.take()]).toEqual([['2@2'], ['1@1', '2@2']]);
    expect(channel.subscribers).toBe(2);
    expect(quick.wakes).toBe(2);
    quick.stop();
    slow.stop();
    expect(channel.subscribers).toBe(0);
  });

  it('is left once, however often a subscription is stopped', async () => {
    const { channel, publish } = numbers();
    const [one, other] = [new Taking(channel.subscribe()), new Taking(channel.subscribe())];
    one.take();
    other.take();
    one.stop();
    one.stop();
    expect(channel.subscribers).toBe(1);
    await publish(1);
    expect([one.wakes, one.feed.take(), other.take()]).toEqual([0, 'end', ['1@1']]);
    other.stop();
  });

  it('gives one subscription to as many readers as ask for it', async () => {
    const { channel, publish } = numbers();
    await publish(1, 2);
    const subscription = channel.subscribe({ replay: 2 });
    const readers = [new Taking(subscription), new Taking(subscription)];
    for (const reader of readers) {
      expect(reader.take()).toEqual(['at 0', '1@1', '2@2']);
      reader.stop();
    }
  });
});

describe('a channel that is closed', () => {
  it('ends its subscriptions once they have what was published', async () => {
    const { channel, publish } = numbers();
    const waiting = new Taking(channel.subscribe());
    const behind = new Taking(channel.subscribe());
    waiting.take();
    behind.take();
    await publish(1);
    waiting.take();
    channel.close();
    expect(waiting.wakes).toBe(2);
    expect([waiting.take(), behind.take()]).toEqual([['end'], ['1@1', 'end']]);
    expect(channel.subscribers).toBe(0);
  });

  it('takes neither events nor subscribers', async () => {
    const { channel, publish } = numbers();
    const unread = new Taking(channel.subscribe());
    channel.close();
    channel.close();
    await expect(publish(1)).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' });
    for (const taking of [unread, new Taking(channel.subscribe())]) {
      expect(taking.take()).toEqual(['threw The channel is closed']);
    }
    expect(channel.subscribers).toBe(0);
  });

  it('rejects an event that was being validated when it was closed', async () => {
    const made = channel({ event: z.number().refine(() => Promise.resolve(true)) });
    const publishing = made.publish(1);
    made.close();
    await expect(publishing).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' });
  });
});
