import { describe, expect, it } from 'vitest';
import type { ClientBench } from '../harness/client-bench.ts';
import { withClient } from '../harness/client-bench.ts';
import { controlsOf } from '../harness/frames.ts';
import { fault } from '../harness/recorded-call.ts';

/** Nothing is dialled, said or told any more. */
async function expectFinal(bench: ClientBench): Promise<void> {
  const { length } = bench.sockets;
  expect(bench.connection.status).toMatchObject({ state: 'closed', reason: 'closed', retryAt: undefined });
  bench.connection.retry();
  bench.connection.wake();
  const late = bench.query('late');
  expect(late.told).toEqual([fault('closed', 'not-run')]);
  expect(bench.clock.armed).toBe(0);
  await bench.advance(120_000);
  expect(bench.sockets).toHaveLength(length);
  expect(bench.sockets.every((socket) => !socket.live)).toBe(true);
}

describe('close({ finishMs })', () => {
  it(
    'is close when nothing is open',
    withClient({}, async (bench) => {
      await bench.welcomes();
      await bench.connection.close({ finishMs: 60_000 });
      await expectFinal(bench);
    }),
  );

  it(
    'waits for the calls that are open, turns new ones away, and closes after the last answer',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const calls = [bench.query('a'), bench.query('b')];
      await bench.settle();
      const closing = bench.connection.close({ finishMs: 60_000 });
      expect(bench.connection.state).toBe('open');
      expect(bench.query('late').told).toEqual([fault('closed', 'not-run')]);
      await bench.says([[4, 1, 'x']]);
      expect(bench.connection.state).toBe('open');
      await bench.says([[4, 2, 'y']]);
      await closing;
      expect(calls.map((it) => it.told)).toEqual([[['result', 'x']], [['result', 'y']]]);
      expect(controlsOf(bench.socket.frames, 'bye')).toEqual([['bye', 'closed']]);
      await expectFinal(bench);
    }),
  );

  it(
    'waits no longer than it was told to',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const call = bench.query('a');
      await bench.settle();
      const closing = bench.connection.close({ finishMs: 5000 });
      await bench.advance(4999);
      expect(bench.connection.state).toBe('open');
      await bench.advance(1);
      await closing;
      expect(call.told).toEqual([fault('closed', 'unknown')]);
      await expectFinal(bench);
    }),
  );

  it(
    'does not wait on when the last call was lost instead of answered',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const call = bench.mutation('a');
      await bench.settle();
      const closing = bench.connection.close({ finishMs: 600_000 });
      bench.socket.drops();
      await bench.settle();
      expect(call.over).toBe(true);
      expect(bench.connection.state).toBe('closed');
      await closing;
      await expectFinal(bench);
    }),
  );

  it(
    'does not wait on when the last call was refused',
    withClient({}, async (bench) => {
      const call = bench.mutation('a');
      await bench.opens();
      const closing = bench.connection.close({ finishMs: 600_000 });
      await bench.says(['bye', 'unauthorized']);
      expect(call.over).toBe(true);
      expect(bench.connection.state).toBe('closed');
      await closing;
      await expectFinal(bench);
    }),
  );

  it(
    'does not wait on when the last call was aborted before it left',
    withClient({}, async (bench) => {
      const abort = new AbortController();
      bench.query('a', undefined, { signal: abort.signal });
      const closing = bench.connection.close({ finishMs: 600_000 });
      abort.abort();
      await bench.settle();
      expect(bench.connection.state).toBe('closed');
      await closing;
      await expectFinal(bench);
    }),
  );

  it(
    'is cut short by a close that does not wait, and both are done',
    withClient({}, async (bench) => {
      await bench.welcomes();
      bench.query('a');
      await bench.settle();
      let done = false;
      const closing = bench.connection.close({ finishMs: 600_000 }).then(() => {
        done = true;
      });
      await bench.connection.close();
      await bench.settle();
      expect(bench.connection.state).toBe('closed');
      expect(bench.clock.armed).toBe(0);
      expect(done).toBe(true);
      await closing;
    }),
  );

  it(
    'twice waits for the same calls',
    withClient({}, async (bench) => {
      await bench.welcomes();
      bench.query('a');
      await bench.settle();
      const both = [
        bench.connection.close({ finishMs: 600_000 }),
        bench.connection.close({ finishMs: 600_000 }),
      ];
      await bench.says([[4, 1, 'x']]);
      await bench.settle();
      expect(bench.clock.armed).toBe(0);
      await Promise.all(both);
      await expectFinal(bench);
    }),
  );
});
