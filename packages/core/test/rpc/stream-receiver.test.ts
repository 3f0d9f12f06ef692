import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withClient } from '../harness/client-bench.ts';
import { CountedStream, upTo } from '../harness/counted-stream.ts';
import type { Frame } from '../harness/frames.ts';
import { messagesOf } from '../harness/frames.ts';
import { inWorld } from '../harness/world.ts';

describe('a receiver', () => {
  it('whose consumer takes everything sees everything, in order, and lets the window grow to its bound', () => {
    const stream = new CountedStream(upTo(20_000));
    return inWorld({ handlers: { s: () => stream } }, async (world) => {
      const sub = world.subscribe('s');
      await world.settle();
      expect(sub.items).toEqual(Array.from({ length: 20_000 }, (_, n) => n));
      const windows = world.network.wire.said('client').filter(([kind]) => kind === 10);
      expect(Math.max(...windows.map((it) => Number(it[3])))).toBe(4096);
      expect(Math.max(...windows.map((it) => Number(it[4])))).toBe(1_048_576);
    })();
  });

  it('never gives a larger window than was announced', () => {
    const stream = new CountedStream(upTo(5000));
    const limits = { streamItems: 100, streamBytes: 300_000 };
    return inWorld({ limits, handlers: { s: () => stream } }, async (world) => {
      const sub = world.subscribe('s');
      await world.settle();
      expect(sub.items).toHaveLength(5000);
      const windows = world.network.wire.said('client').filter(([kind]) => kind === 10);
      expect(windows.length).toBeGreaterThan(0);
      for (const [, , , count, bytes] of windows) {
        expect(count).toBeLessThanOrEqual(100);
        expect(bytes).toBeLessThanOrEqual(300_000);
      }
    })();
  });

  it('never gives a larger window than was announced when its consumer lags either', () => {
    const stream = new CountedStream(upTo(1000));
    const limits = { streamItems: 8, streamBytes: 1000 };
    return inWorld({ limits, handlers: { s: () => stream } }, async (world) => {
      const sub = world.subscribe('s', undefined, { eager: false });
      for (let i = 0; i < 400; i++) {
        await world.settle();
        sub.take(1);
      }
      await world.settle();
      const windows = world.network.wire.said('client').filter(([kind]) => kind === 10);
      expect(windows.length).toBeGreaterThan(0);
      for (const [, , , count, bytes] of windows) {
        expect(count).toBeLessThanOrEqual(8);
        expect(bytes).toBeLessThanOrEqual(1000);
      }
    })();
  });

  it('whose consumer stops stops the generator within the window in force', () => {
    const stream = new CountedStream(upTo(100_000));
    return inWorld({ handlers: { s: () => stream } }, async (world) => {
      const sub = world.subscribe('s', undefined, { eager: false });
      await world.settle();
      expect(stream.pulled).toBe(64);
      sub.take(1 + 31);
      await world.settle();
      expect(stream.pulled).toBe(64);
      sub.take(1);
      await world.settle();
      expect(stream.pulled).toBe(96);
      await world.advance(60_000);
      expect(stream.pulled).toBe(96);
    })();
  });

  it('falls back to its first window when the consumer lags', () => {
    const stream = new CountedStream(upTo(100_000));
    return inWorld({ handlers: { s: () => stream } }, async (world) => {
      const sub = world.subscribe('s');
      let taken = 0;
      sub.onEntry = () => {
        if (++taken === 20_000) sub.eager = false;
      };
      await world.settle();
      // As many as could have arrived: the consumer never finds its queue empty.
      for (let i = 0; i < 400; i++) {
        sub.take(64);
        await world.settle();
      }
      const windows = world.network.wire.said('client').filter(([kind]) => kind === 10);
      expect(Math.max(...windows.map((it) => Number(it[3])))).toBe(4096);
      expect(windows.at(-1)?.[3]).toBe(64);
    })();
  });

  it('is never outrun: without a violation the sender keeps to every window it was given', () => {
    const script = fc.array(fc.nat({ max: 300 }), { minLength: 1, maxLength: 20 });
    const size = fc.oneof(fc.nat({ max: 100 }), fc.nat({ max: 5000 }));
    return fc.assert(
      fc.asyncProperty(script, size, async (takes, length) => {
        const padding = 'x'.repeat(length);
        const stream = new CountedStream(upTo(100_000, (n) => [n, padding]));
        await inWorld({ handlers: { s: () => stream } }, async (world) => {
          const sub = world.subscribe('s', undefined, { eager: false });
          for (const take of takes) {
            await world.settle();
            sub.take(take);
          }
          await world.settle();
          expect(world.connection.state).toBe('open');
          const numbers = sub.items.map((it) => (it as readonly unknown[])[0]);
          expect(numbers).toEqual(numbers.map((_, n) => n));
          expect(stream.pulled - numbers.length).toBeLessThanOrEqual(4096);
        })();
      }),
      { numRuns: 30 },
    );
  }, 60_000);

  it('of items that are bound by bytes never waits for a credit that does not come', async () => {
    for (const length of [1000, 10_240, 65_536, 200_000, 300_000]) {
      const stream = new CountedStream(upTo(300, () => 'x'.repeat(length)));
      await inWorld({ handlers: { s: () => stream } }, async (world) => {
        const slow = world.subscribe('s', undefined, { eager: false });
        for (let i = 0; i < 400 && !slow.over; i++) {
          await world.settle();
          slow.take(1);
        }
        await world.settle();
        slow.take();
        expect(slow.items.length, `items of ${length}`).toBe(300);
      })();
    }
  }, 60_000);

  it(
    'gives credit to a sender that counts its items in UTF-8, and stops at the bytes of its window',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const sub = bench.subscribe('s');
      await bench.settle();
      // 270 KB in UTF-8, a third of that in characters.
      const item = '…'.repeat(9000);
      await bench.says([[6, 1], ...Array.from({ length: 10 }, () => [7, 1, item] as const)]);
      expect(sub.items).toHaveLength(10);
      expect(bench.messages().filter(([kind]) => kind === 10).length).toBeGreaterThan(0);
      sub.subscription.leave();
    }),
  );

  it(
    'closes a session that sends more than it was ever allowed to',
    withClient({}, async (bench) => {
      await bench.welcomes();
      bench.subscribe('s', undefined, { eager: false });
      await bench.settle();
      await bench.says([[6, 1]]);
      await bench.says(Array.from({ length: 64 }, (_, n) => [7, 1, n]));
      expect(bench.connection.state).toBe('open');
      await bench.says([[7, 1, 64]]);
      expect(bench.socket.closed).toEqual({ code: 4429, reason: 'too-many' });
    }),
  );

  it(
    'bears with what was sent before the sender heard of a smaller window',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const sub = bench.subscribe('s');
      await bench.settle();
      let sent = 0;
      const send = async (count: number, data = ''): Promise<void> => {
        for (let i = 0; i < count; i++) bench.socket.says([[7, 1, data]]);
        sent += count;
        await bench.settle();
      };
      const window = (): number => Number(bench.messages().at(-1)?.[3]);
      await bench.says([[6, 1]]);
      await send(64);
      await send(64);
      sub.eager = false;
      let largest = window();
      const room = (): number => largest - (sent - sub.items.length);
      // A few items fewer than it may, so that some are still on their way when the window shrinks.
      for (let i = 0; i < 1000 && window() === largest; i++) {
        await send(Math.max(0, room() - 60), 'x'.repeat(1500));
        sub.take(1);
        await bench.settle();
        largest = Math.max(largest, window());
      }
      expect(window()).toBeLessThan(largest);
      await send(room());
      expect(bench.connection.state).toBe('open');
      await send(1);
      expect(bench.socket.closed?.reason).toBe('too-many');
    }),
  );

  it(
    'grants at half of the window in bytes, too, not for each item',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const sub = bench.subscribe('s', undefined, { eager: false });
      await bench.settle();
      const item = 'x'.repeat(8000);
      await bench.says([[6, 1]]);
      for (let i = 0; i < 32; i++) await bench.says([[7, 1, item]]);
      for (let i = 0; i < 32; i++) {
        sub.take(1);
        await bench.settle();
      }
      const credits = bench.messages().filter(([kind]) => kind === 10);
      expect(credits.length).toBeGreaterThan(0);
      expect(credits.length).toBeLessThanOrEqual(8);
      sub.subscription.leave();
    }),
  );

  it(
    'grants at half of the window, not for each item',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const sub = bench.subscribe('s', undefined, { eager: false });
      await bench.settle();
      await bench.says([[6, 1]], [...upTo(64, (n) => [7, 1, n as number])] as Frame);
      sub.take(1 + 31);
      await bench.settle();
      expect(bench.messages()).toHaveLength(1);
      sub.take(1);
      await bench.settle();
      expect(bench.messages()[1]?.slice(0, 3)).toEqual([10, 1, 32]);
    }),
  );

  it(
    'grants nothing more once the stream is over',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const sub = bench.subscribe('s', undefined, { eager: false });
      await bench.settle();
      await bench.says([[6, 1]], [...upTo(60, (n) => [7, 1, n as number])] as Frame, [[8, 1]]);
      sub.take();
      await bench.settle();
      expect(sub.story.at(-1)).toBe('ended');
      expect(messagesOf(bench.socket.frames)).toHaveLength(1);
    }),
  );
});
