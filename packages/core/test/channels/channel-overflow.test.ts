import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { ChannelOverflow } from '../../src/channels/channel-reader.ts';
import { channel, MemoryLog } from '../../src/channels/index.ts';
import { Taking } from './taking.ts';

const price = z.object({ of: z.string(), at: z.number() });

/** A channel of prices that keeps so many, and a subscriber who has read its place. */
function prices(events: number, overflow: ChannelOverflow) {
  const made = channel({ event: price, key: ({ of }) => of, keep: { events } });
  const taking = new Taking(made.subscribe({ overflow }));
  taking.take();
  taking.story.length = 0;
  /** `a1` is a price of 1 for a. */
  const publish = async (...words: readonly string[]): Promise<void> => {
    for (const word of words) await made.publish({ of: word.slice(0, 1), at: Number(word.slice(1)) });
  };
  /** In words like these. */
  const take = (most?: number): readonly string[] => taking.take(most).map(shorten);
  return { channel: made, taking, publish, take };
}

function shorten(word: string): string {
  return word.replace(/^\{"of":"(.)","at":(\d+)\}@\d+$/, '$1$2');
}

describe('a subscriber that falls behind what is kept', () => {
  it('goes on with the oldest that there is, and is told how many it missed', async () => {
    const { taking, publish, take } = prices(3, 'drop-oldest');
    await publish('a1', 'a2', 'a3', 'a4', 'a5');
    expect(take()).toEqual(['gap dropped 2', 'at 2', 'a3', 'a4', 'a5']);
    await publish('a6', 'a7', 'a8');
    expect(take(1)).toEqual(['a6']);
    await publish('a9', 'b1', 'b2');
    expect(take()).toEqual(['gap dropped 2', 'at 8', 'a9', 'b1', 'b2']);
    taking.stop();
  });

  it('is told of everything that it missed by then, when it is told', async () => {
    const { taking, publish, take } = prices(2, 'drop-oldest');
    await publish('a1', 'a2', 'a3');
    expect(take(1)).toEqual(['gap dropped 1']);
    await publish('a4', 'a5');
    expect(take()).toEqual(['at 1', 'gap dropped 2', 'at 3', 'a4', 'a5']);
    taking.stop();
  });

  it('fails, if that is what it wants', async () => {
    const { channel, publish, take } = prices(3, 'error');
    await publish('a1', 'a2', 'a3');
    expect(take(1)).toEqual(['a1']);
    await publish('a4');
    expect(take(1)).toEqual(['a2']);
    await publish('a5', 'a6');
    expect(take()).toEqual(['threw The subscriber fell behind its channel']);
    expect(channel.subscribers).toBe(0);
  });

  it('does not fail for a cursor that was too old when it came: that is a gap', async () => {
    const { channel, taking, publish } = prices(2, 'error');
    taking.stop();
    await publish('a1', 'a2', 'a3');
    const again = new Taking(channel.subscribe({ overflow: 'error' }), { after: taking.cursor });
    expect(again.take().map(shorten)).toEqual(['gap expired 1', 'at 1', 'a2', 'a3']);
    again.stop();
  });

  it('holds up nobody else', async () => {
    const { channel, taking, publish } = prices(2, 'error');
    const quick = new Taking(channel.subscribe());
    quick.take();
    for (const word of ['a1', 'a2', 'a3', 'a4']) {
      await publish(word);
      expect(quick.take().map(shorten)).toEqual([word]);
    }
    expect(taking.take()).toEqual(['threw The subscriber fell behind its channel']);
    quick.stop();
  });
});

describe('a subscriber that wants the latest', () => {
  it('gets every event while it keeps up', async () => {
    const { taking, publish, take } = prices(10, 'latest');
    for (const word of ['a1', 'a2', 'b1', 'a3']) {
      await publish(word);
      expect(take()).toEqual([word]);
    }
    taking.stop();
  });

  it('gets the newest of each key when it is behind, and is told how many it missed', async () => {
    const { taking, publish, take } = prices(10, 'latest');
    await publish('a1', 'b1', 'a2', 'c1', 'a3', 'b2');
    expect(take()).toEqual(['gap dropped 3', 'c1', 'a3', 'b2']);
    await publish('a4', 'a5');
    expect(take()).toEqual(['gap dropped 1', 'a5']);
    taking.stop();
  });

  it('is told of what was dropped where it was', async () => {
    const { taking, publish, take } = prices(10, 'latest');
    await publish('c1', 'a1', 'a2', 'd1', 'b1', 'b2', 'b3');
    expect(take()).toEqual(['c1', 'gap dropped 1', 'a2', 'd1', 'gap dropped 2', 'b3']);
    taking.stop();
  });

  it('has the newest of a key that has long been silent, however loud others are', async () => {
    const { taking, publish, take } = prices(2, 'latest');
    await publish('a1', 'a2', 'b1', 'b2', 'b3', 'b4');
    expect(take()).toEqual(['gap dropped 3', 'a2', 'gap dropped 1', 'b4']);
    taking.stop();
  });

  it('has it also when it comes back with a cursor that is too old for others', async () => {
    const { channel, taking, publish } = prices(2, 'latest');
    await publish('a1');
    taking.take();
    taking.stop();
    await publish('b1', 'c1', 'c2', 'c3', 'c4');
    const again = new Taking(channel.subscribe({ overflow: 'latest' }), { after: taking.cursor });
    expect(again.take().map(shorten)).toEqual(['gap dropped 2', 'b1', 'gap dropped 1', 'c4']);
    again.stop();
  });

  it('is told of a gap when the newest of a key is all that is not kept', async () => {
    const { channel, taking, publish } = prices(2, 'latest');
    taking.stop();
    await publish('a1', 'b1', 'c1');
    const again = new Taking(channel.subscribe({ overflow: 'latest' }), { after: taking.cursor });
    expect(again.take().map(shorten)).toEqual(['gap expired 1', 'at 1', 'b1', 'c1']);
    again.stop();
  });

  it('is told of a gap when there are more keys than events are kept', async () => {
    const { channel, taking, publish, take } = prices(2, 'latest');
    await publish('a1', 'b1', 'c1', 'd1');
    expect(take()).toEqual(['gap dropped 2', 'at 2', 'c1', 'd1']);
    const { cursor } = taking;
    await publish('a2', 'b2', 'c2', 'd2');
    taking.stop();
    const again = new Taking(channel.subscribe({ overflow: 'latest' }), { after: cursor });
    expect(again.take().map(shorten)).toEqual(['gap expired 2', 'at 6', 'c2', 'd2']);
    again.stop();
  });

  it('goes on in the middle of what it was given then, with nothing missed and nothing twice', async () => {
    const { channel, taking, publish, take } = prices(3, 'latest');
    await publish('a1', 'b1', 'c1', 'c2', 'c3', 'c4', 'c5');
    expect(take(2)).toEqual(['gap dropped 2', 'a1']);
    taking.stop();
    const again = new Taking(channel.subscribe({ overflow: 'latest' }), { after: taking.cursor });
    expect(again.take().map(shorten)).toEqual(['gap dropped 2', 'b1', 'gap dropped 2', 'c5']);
    again.stop();
  });

  it('replays the newest of each key', async () => {
    const { channel, taking, publish } = prices(10, 'latest');
    taking.stop();
    await publish('a1', 'b1', 'a2');
    const fresh = new Taking(channel.subscribe({ overflow: 'latest', replay: 10 }));
    expect(fresh.take().map(shorten)).toEqual(['at 0', 'gap dropped 1', 'b1', 'a2']);
    fresh.stop();
  });

  it('replays the newest of each key that there was, if it wants all that is kept', async () => {
    const { channel, taking, publish } = prices(2, 'latest');
    taking.stop();
    const all = { overflow: 'latest', replay: Number.POSITIVE_INFINITY } as const;
    const empty = new Taking(channel.subscribe(all));
    expect(empty.take()).toEqual(['at 0']);
    empty.stop();
    await publish('x1', 'a1', 'a2', 'a3', 'a4');
    const fresh = new Taking(channel.subscribe(all));
    expect(fresh.take(2).map(shorten)).toEqual(['at 0', 'x1']);
    fresh.stop();
    const again = new Taking(channel.subscribe(all), { after: fresh.cursor });
    expect(again.take().map(shorten)).toEqual(['gap dropped 2', 'gap dropped 1', 'a4']);
    again.stop();
    const plain = new Taking(channel.subscribe({ replay: Number.POSITIVE_INFINITY }));
    expect(plain.take().map(shorten)).toEqual(['at 3', 'a3', 'a4']);
    plain.stop();
    await publish('b1', 'c1');
    const many = new Taking(channel.subscribe(all));
    expect(many.take().map(shorten)).toEqual(['at 5', 'b1', 'c1']);
    many.stop();
  });

  it('is not kept from what another channel publishes in the same log', async () => {
    const log = new MemoryLog('epoch', { events: 10, bytes: 1_000 });
    const open = () => channel({ event: price, key: ({ of }) => of, log });
    const [other, own] = [open(), open()];
    const taking = new Taking(own.subscribe({ overflow: 'latest' }));
    taking.take();
    await own.publish({ of: 'a', at: 1 });
    await other.publish({ of: 'a', at: 2 });
    expect(taking.take().map(shorten)).toEqual(['gap dropped 1', 'a2']);
    taking.stop();
  });

  it('needs a key', () => {
    const keyless = channel({ event: z.number() });
    expect(() => keyless.subscribe({ overflow: 'latest' })).toThrow(TypeError);
  });

  it('tells keys apart as a Map does', async () => {
    const keys = [undefined, null, 0, '0', Number.NaN, '', false, 'constructor', '__proto__'];
    const made = channel({ event: z.number(), key: (index) => keys[index] });
    const taking = new Taking(made.subscribe({ overflow: 'latest' }));
    taking.take();
    for (let i = 0; i < keys.length; i++) await made.publish(i);
    expect(taking.take()).toEqual(keys.map((_, i) => `${i}@${i + 1}`));
    await made.publish(4);
    await made.publish(4);
    expect(taking.take()).toEqual(['gap dropped 1', '4@11']);
    taking.stop();
  });

  it('has the newest of as many keys as events are kept, and counts what it has not', async () => {
    const step = fc.oneof(fc.record({ key: fc.nat(5) }), fc.record({ take: fc.integer({ min: 1, max: 6 }) }));
    const steps = fc.array(step, { minLength: 5, maxLength: 80, size: 'max' });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 12 }), steps, async (events, steps) => {
        const { taking, publish, take } = prices(events, 'latest');
        const published: string[] = [];
        const got: string[] = [];
        for (const step of steps) {
          if ('take' in step) got.push(...take(step.take));
          else {
            const word = `${'abcdef'[step.key]}${published.length}`;
            published.push(word);
            await publish(word);
          }
        }
        got.push(...take());
        const items = got.filter((word) => /^[a-f]\d/.test(word));
        const missed = got.map((word) => Number(/^gap dropped (\d+)$/.exec(word)?.[1] ?? 0));
        expect(items.length + missed.reduce((sum, count) => sum + count, 0)).toBe(published.length);
        const newest = (words: readonly string[]) => new Map(words.map((word) => [word[0], word]));
        const has = newest(items);
        const sure = events < 6 ? published.slice(-events) : published;
        for (const [key, word] of newest(sure)) expect(has.get(key)).toBe(word);
        taking.stop();
      }),
      { numRuns: 200 },
    );
  });

  it('has them as well when it goes away and comes back', async () => {
    const step = fc.oneof(
      { weight: 5, arbitrary: fc.record({ key: fc.nat(5) }) },
      { weight: 3, arbitrary: fc.record({ take: fc.integer({ min: 1, max: 4 }) }) },
      { weight: 1, arbitrary: fc.constant('again' as const) },
    );
    const steps = fc.array(step, { minLength: 5, maxLength: 80, size: 'max' });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 6, max: 12 }), steps, async (events, steps) => {
        const { channel, taking: first, publish } = prices(events, 'latest');
        const published = new Map<string, string>();
        const got = new Map<string, string>();
        let taking = first;
        let count = 0;
        const take = (most?: number): void => {
          for (const word of taking.take(most).map(shorten)) {
            if (/^[a-f]\d/.test(word)) got.set(word.slice(0, 1), word);
            else expect(word).toMatch(/^gap dropped/);
          }
        };
        for (const step of steps) {
          if (step === 'again') {
            taking.stop();
            taking = new Taking(channel.subscribe({ overflow: 'latest' }), { after: taking.cursor });
          } else if ('take' in step) take(step.take);
          else {
            const word = `${'abcdef'[step.key]}${count++}`;
            published.set(word.slice(0, 1), word);
            await publish(word);
          }
        }
        take();
        expect(got).toEqual(published);
        taking.stop();
      }),
      { numRuns: 200 },
    );
  });
});
