import { describe, expect, it } from 'vitest';
import { withClient } from '../harness/client-bench.ts';
import { fault } from '../harness/recorded-call.ts';
import { inWorld } from '../harness/world.ts';

describe('abort', () => {
  it(
    'before the call rejects at once, with the reason, and nothing is sent',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const call = bench.query('a', undefined, { signal: AbortSignal.abort(new Error('why')) });
      expect(call.told).toEqual([fault('aborted', 'not-run')]);
      await bench.settle();
      expect(bench.messages()).toEqual([]);
    }),
  );

  it(
    'before the call does not make a lazy connection dial',
    withClient({ lazy: true }, (bench) => {
      bench.query('a', undefined, { signal: AbortSignal.abort() });
      expect(bench.sockets).toHaveLength(0);
    }),
  );

  it(
    'in the turn of the call withdraws it: nothing is on the wire',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const abort = new AbortController();
      const call = bench.mutation('a', undefined, { signal: abort.signal });
      const other = bench.query('b');
      abort.abort();
      expect(call.told).toEqual([fault('aborted', 'not-run')]);
      await bench.settle();
      expect(bench.messages()).toEqual([[1, 2, 'b']]);
      await bench.says([[4, 2, 'x']]);
      expect(other.over).toBe(true);
    }),
  );

  it(
    'while there is no line withdraws the call as well',
    withClient({}, async (bench) => {
      const abort = new AbortController();
      const call = bench.mutation('a', undefined, { signal: abort.signal });
      await bench.settle();
      abort.abort();
      expect(call.told).toEqual([fault('aborted', 'not-run')]);
      await bench.welcomes();
      expect(bench.messages()).toEqual([]);
    }),
  );

  it('after the call left sends cancel, and the handler is told', () => {
    const reasons: unknown[] = [];
    const handlers = {
      wait: ({ signal }: { signal: AbortSignal }) =>
        new Promise((_, reject) =>
          signal.addEventListener('abort', () => {
            reasons.push(signal.reason);
            reject(signal.reason);
          }),
        ),
    };
    return inWorld({ handlers }, async (world) => {
      const abort = new AbortController();
      const call = world.query('wait', undefined, { signal: abort.signal });
      await world.settle();
      abort.abort();
      expect(call.told).toEqual([fault('aborted', 'unknown')]);
      await world.settle();
      expect(reasons).toHaveLength(1);
      expect(world.network.wire.said('client')).toEqual([
        [1, 1, 'wait'],
        [9, 1],
      ]);
      expect(world.network.wire.said('server')).toEqual([[8, 1]]);
    })();
  });

  it(
    'after the answer changes nothing, and its listener is gone',
    withClient({}, async (bench) => {
      const abort = new AbortController();
      const call = bench.query('a', undefined, { signal: abort.signal });
      await bench.welcomes();
      await bench.says([[4, 1, 'x']]);
      abort.abort();
      await bench.settle();
      expect(call.told).toEqual([['result', 'x']]);
      expect(bench.messages()).toHaveLength(1);
    }),
  );

  it(
    'of many calls with one signal is heard by all of them, through one listener',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const abort = new AbortController();
      let listeners = 0;
      const { addEventListener } = abort.signal;
      abort.signal.addEventListener = (...it: Parameters<typeof addEventListener>) => {
        listeners++;
        addEventListener.apply(abort.signal, it);
      };
      const calls = Array.from({ length: 500 }, () => bench.query('a', undefined, { signal: abort.signal }));
      await bench.settle();
      await bench.says([[4, 7, 'x']]);
      abort.abort();
      expect(listeners).toBe(1);
      expect(calls[6]?.told).toEqual([['result', 'x']]);
      expect(calls.filter((it) => it.told[0]?.[0] === 'fault')).toHaveLength(499);
    }),
  );

  it(
    'of one call whose user gives up others with the same signal stops each of them once',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const abort = new AbortController();
      const calls = ['a', 'b', 'c'].map((path) => bench.query(path, undefined, { signal: abort.signal }));
      for (const call of calls) {
        call.onTold = () => void bench.query('late', undefined, { signal: abort.signal });
      }
      await bench.settle();
      abort.abort();
      await bench.settle();
      expect(calls.map((it) => it.told)).toEqual(calls.map(() => [fault('aborted', 'unknown')]));
      expect(bench.messages().map((it) => it[0])).toEqual([1, 1, 1, 9, 9, 9]);
    }),
  );

  it(
    'is not listened to any more once the call is over, however it ended',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const { signal } = new AbortController();
      let listeners = 0;
      const { addEventListener, removeEventListener } = signal;
      signal.addEventListener = (...it: Parameters<typeof addEventListener>) => {
        listeners++;
        addEventListener.apply(signal, it);
      };
      signal.removeEventListener = (...it: Parameters<typeof removeEventListener>) => {
        listeners--;
        removeEventListener.apply(signal, it);
      };
      bench.query('a', undefined, { signal });
      bench.query('b', undefined, { signal, timeoutMs: 50 });
      bench.mutation('c', undefined, { signal });
      await bench.settle();
      expect(listeners).toBe(1);
      await bench.says([[4, 1, 'x']]);
      await bench.advance(50);
      bench.socket.drops();
      expect(listeners).toBe(0);
    }),
  );

  it(
    'that crosses the answer: what arrives after it is ignored',
    withClient({}, async (bench) => {
      const abort = new AbortController();
      const call = bench.query('a', undefined, { signal: abort.signal });
      await bench.welcomes();
      abort.abort();
      await bench.says([[4, 1, 'x']]);
      expect(call.told).toEqual([fault('aborted', 'unknown')]);
    }),
  );

  it(
    'gives its reason as the cause',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const why = new Error('why');
      const abort = new AbortController();
      const causes: unknown[] = [];
      const call = bench.query('a', undefined, { signal: abort.signal });
      call.fault = (it) => void causes.push(it.cause);
      abort.abort(why);
      expect(causes).toEqual([why]);
    }),
  );
});
