import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isMessage } from '../../src/wire/message.ts';
import { withClient } from '../harness/client-bench.ts';
import { fault } from '../harness/recorded-call.ts';
import { inWorld } from '../harness/world.ts';

describe('silence', () => {
  it(
    'of 30 s times a query or mutation out, and cancels it',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const calls = [bench.query('a'), bench.mutation('b')];
      await bench.settle();
      for (let i = 0; i < 4; i++) {
        await bench.advance(7000);
        await bench.says(['pong', 0, 1]);
      }
      expect(calls.map((it) => it.told)).toEqual([[], []]);
      await bench.advance(3000);
      for (const it of calls) expect(it.told).toEqual([fault('timeout', 'unknown')]);
      expect(bench.messages().slice(2)).toEqual([
        [9, 1],
        [9, 2],
      ]);
    }),
  );

  it(
    'while offline times a call out as not run, and it never runs',
    withClient({}, async (bench) => {
      const call = bench.mutation('a');
      await bench.advance(31_000);
      expect(call.told).toEqual([fault('timeout', 'not-run')]);
      if (!bench.socket.live) await bench.untilNextDial();
      await bench.welcomes();
      expect(bench.messages()).toEqual([]);
    }),
  );

  it(
    'of a machine that slept is no silence of the server: its answers may lie unread',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const call = bench.query('a');
      await bench.settle();
      bench.clock.sleep(3_600_000);
      // Overdue timers come first, then what lies in the socket, then the rest of the turn.
      await bench.clock.advance(0, () => Promise.resolve());
      bench.socket.says([[4, 1, 'x']]);
      await bench.settle();
      expect(call.told).toEqual([['result', 'x']]);
    }),
  );

  it(
    'of a machine that slept is judged once what lay in the socket was read',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const call = bench.query('a');
      await bench.settle();
      bench.clock.sleep(3_600_000);
      await bench.advance(1000);
      expect(call.told).toEqual([fault('timeout', 'unknown')]);
    }),
  );

  it(
    'never times a subscription out',
    inWorld({ handlers: { s: () => never() }, handlersOutlive: true }, async (world) => {
      const sub = world.subscribe('s');
      await world.advance(600_000);
      expect(sub.story).toEqual(['started']);
    }),
  );

  it(
    'counts from the last word: an item starts it anew',
    withClient({}, async (bench) => {
      const call = bench.query('a');
      await bench.welcomes();
      for (let i = 0; i < 5; i++) {
        await bench.advance(9000);
        await bench.says([[7, 1, 'x']]);
      }
      expect(call.over).toBe(false);
      await bench.says([[4, 1, 'x']]);
      expect(call.over).toBe(true);
    }),
  );

  it(
    'may be set, also to none at all',
    withClient({ timeoutMs: Number.POSITIVE_INFINITY }, async (bench) => {
      const call = bench.query('a');
      await bench.advance(600_000);
      expect(call.told).toEqual([]);
    }),
  );

  it(
    'is looked at also for a call that waits while the connection waits for its user',
    withClient({ params: () => new Promise(() => {}) }, async (bench) => {
      const call = bench.query('a');
      await bench.advance(31_000);
      expect(call.told).toEqual([fault('timeout', 'not-run')]);
    }),
  );
});

/** A stream that never gives anything, and ends when it is returned. */
function never(): AsyncIterable<never> {
  let over: () => void = () => {};
  const done = new Promise<IteratorReturnResult<undefined>>((resolve) => {
    over = () => resolve({ done: true, value: undefined });
  });
  return {
    [Symbol.asyncIterator]: () => ({
      next: () => done,
      return: () => {
        over();
        return done;
      },
    }),
  };
}

describe('a deadline of the caller', () => {
  it(
    'travels with the call, as what is left of it',
    withClient({}, async (bench) => {
      bench.query('a', 5, { timeoutMs: 2000 });
      bench.mutation('b', undefined, { timeoutMs: 1500.5 });
      bench.subscribe('c', undefined, { timeoutMs: 9000 });
      await bench.advance(500);
      await bench.opens();
      expect(bench.messages()).toEqual([
        [1, 1, 'a', 5, { timeout: 2000 }],
        [2, 2, 'b', null, { timeout: 1501, void: 1 }],
        [3, 3, 'c', null, { timeout: 9000, void: 1 }],
      ]);
    }),
  );

  it(
    'that passed partly before the call could be made again is shorter then',
    withClient({}, async (bench) => {
      bench.query('a', 5, { timeoutMs: 20_000 });
      await bench.welcomes();
      await bench.advance(5000);
      await bench.dropsAndRedials();
      await bench.opens();
      await bench.says(['gone', 'off']);
      const [, , , , options] = bench.messages()[0] ?? [];
      expect((options as { timeout: number }).timeout).toBeLessThanOrEqual(15_000);
      expect((options as { timeout: number }).timeout).toBeGreaterThan(10_000);
    }),
  );

  it(
    'is kept to the millisecond, and cancels what left',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const call = bench.query('a', 5, { timeoutMs: 2000 });
      await bench.advance(1999);
      expect(call.told).toEqual([]);
      await bench.advance(1);
      expect(call.told).toEqual([fault('timeout', 'unknown')]);
      expect(bench.messages().at(-1)).toEqual([9, 1]);
    }),
  );

  it(
    'that passed while the machine slept is judged once what lay in the socket was read',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const answered = bench.query('a', 5, { timeoutMs: 2000 });
      const lost = bench.query('b', 5, { timeoutMs: 2000 });
      await bench.settle();
      bench.clock.sleep(60_000);
      await bench.clock.advance(0, () => Promise.resolve());
      bench.socket.says([[4, 1, 'x']]);
      await bench.settle();
      expect(answered.told).toEqual([['result', 'x']]);
      expect(lost.told).toEqual([fault('timeout', 'unknown')]);
    }),
  );

  it(
    'is for the whole call: items do not lengthen it',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const call = bench.query('a', 5, { timeoutMs: 2000 });
      await bench.advance(1500);
      await bench.says([[7, 1, 'x']]);
      await bench.advance(500);
      expect(call.told.at(-1)).toEqual(fault('timeout', 'unknown'));
    }),
  );

  it(
    'longer than the silence is waited for',
    withClient({}, async (bench) => {
      const call = bench.query('a', 5, { timeoutMs: 120_000 });
      await bench.advance(119_000);
      expect(call.told).toEqual([]);
      await bench.advance(1000);
      expect(call.told).toEqual([fault('timeout', 'not-run')]);
    }),
  );

  it(
    'passes while offline, and the call never runs',
    withClient({}, async (bench) => {
      const call = bench.mutation('a', 5, { timeoutMs: 100 });
      await bench.advance(100);
      expect(call.told).toEqual([fault('timeout', 'not-run')]);
      await bench.welcomes();
      expect(bench.messages()).toEqual([]);
    }),
  );

  it(
    'leaves no timer when the answer came first',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const { armed } = bench.clock;
      bench.query('a', 5, { timeoutMs: 2000 });
      await bench.settle();
      await bench.says([[4, 1, 'x']]);
      expect(bench.clock.armed).toBe(armed);
    }),
  );

  it(
    'of any number makes a message that the other end takes for one',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const numbers = fc.oneof(
        fc.double({ min: 0, noNaN: true }),
        fc.constantFrom(0, 1e300, Number.MAX_VALUE),
      );
      await fc.assert(
        fc.asyncProperty(numbers, async (timeoutMs) => {
          const abort = new AbortController();
          bench.query('a', 5, { timeoutMs, signal: abort.signal });
          await bench.settle();
          abort.abort();
          for (const it of bench.messages()) expect(isMessage(it), JSON.stringify(it)).toBe(true);
        }),
      );
    }),
  );

  it(
    'that is no number is a mistake of the caller, and nothing is sent',
    withClient({}, async (bench) => {
      await bench.welcomes();
      expect(() => bench.query('a', 5, { timeoutMs: Number.NaN })).toThrow(RangeError);
      await bench.settle();
      expect(bench.messages()).toEqual([]);
    }),
  );

  for (const timeoutMs of [Number.POSITIVE_INFINITY, Number.MAX_VALUE, 2 ** 31, 2 ** 31 - 1]) {
    it(
      `of ${timeoutMs} is waited for: such a call does not time out by silence`,
      withClient({}, async (bench) => {
        const call = bench.query('a', 5, { timeoutMs });
        await bench.advance(120_000);
        expect(call.told).toEqual([]);
      }),
    );
  }

  it(
    'of zero, or below, ends the call in that turn, and harms nobody else',
    inWorld({ handlers: { a: () => 1 } }, async (world) => {
      const calls = [0, -5].map((timeoutMs) => world.mutation('a', 5, { timeoutMs }));
      const other = world.query('a');
      await world.advance(0);
      expect(calls.every((it) => it.over)).toBe(true);
      expect(other.told).toEqual([['result', 1]]);
    }),
  );
});

describe('at the server a deadline', () => {
  it('aborts the handler and is answered with TIMEOUT when it has ended', () => {
    const fired: unknown[] = [];
    const handlers = {
      a: ({ signal }: { signal: AbortSignal }) =>
        new Promise((resolve) => signal.addEventListener('abort', () => resolve(fired.push(signal.reason)))),
    };
    return inWorld({ handlers }, async (world) => {
      world.query('a', 5, { timeoutMs: 1000 });
      await world.settle();
      world.network.held = true;
      await world.advance(1000);
      expect(fired).toHaveLength(1);
      world.network.held = false;
      await world.settle();
      expect(world.network.wire.said('server')).toEqual([
        [5, 1, expect.objectContaining({ data: { code: 'TIMEOUT' } })],
      ]);
    })();
  });

  it(
    'that did not pass leaves no timer',
    inWorld({ handlers: { a: () => 1 } }, async (world) => {
      const { armed } = world.clock;
      world.query('a', 5, { timeoutMs: 60_000 });
      await world.settle();
      expect(world.clock.armed).toBe(armed);
    }),
  );
});
