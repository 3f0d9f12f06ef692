import { describe, expect, it } from 'vitest';
import type { ClientBench } from '../harness/client-bench.ts';
import { withClient } from '../harness/client-bench.ts';
import { controlsOf } from '../harness/frames.ts';
import { fault } from '../harness/recorded-call.ts';
import { inWorld } from '../harness/world.ts';

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

describe('close is final', () => {
  it(
    'before anything was asked of a lazy connection',
    withClient({ lazy: true }, async (bench) => {
      await bench.connection.close();
      await expectFinal(bench);
    }),
  );

  it(
    'while params are made',
    withClient({ params: () => new Promise(() => {}) }, async (bench) => {
      const call = bench.query('a');
      await bench.connection.close();
      expect(call.told).toEqual([fault('closed', 'not-run')]);
      await expectFinal(bench);
    }),
  );

  it(
    'while the socket opens, which is dropped',
    withClient({}, async (bench) => {
      const call = bench.mutation('a');
      await bench.connection.close();
      expect(bench.socket.live).toBe(false);
      expect(call.told).toEqual([fault('closed', 'not-run')]);
      await expectFinal(bench);
    }),
  );

  it(
    'before welcome, with a bye, so that the server forgets the session',
    withClient({}, async (bench) => {
      const left = bench.mutation('a');
      await bench.opens();
      const unsent = bench.mutation('b');
      await bench.connection.close();
      expect(bench.socket.frames.at(-1)).toEqual(['bye', 'closed']);
      expect(bench.socket.closed).toEqual({ code: 1000, reason: 'closed' });
      expect(left.told).toEqual([fault('closed', 'unknown')]);
      expect(unsent.told).toEqual([fault('closed', 'not-run')]);
      await expectFinal(bench);
    }),
  );

  it(
    'while a resume waits for its answer, with a bye',
    withClient({}, async (bench) => {
      await bench.opens();
      await bench.dropsAndRedials();
      await bench.opens();
      await bench.connection.close();
      expect(bench.socket.closed).toEqual({ code: 1000, reason: 'closed' });
      expect(bench.socket.frames.at(-1)).toEqual(['bye', 'closed']);
      await expectFinal(bench);
    }),
  );

  it(
    'when open, with a bye; what left is unknown, what did not has not run',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const left = bench.query('a');
      await bench.settle();
      const unsent = bench.query('b');
      await bench.connection.close();
      expect(controlsOf(bench.socket.frames, 'bye')).toEqual([['bye', 'closed']]);
      expect(left.told).toEqual([fault('closed', 'unknown')]);
      expect(unsent.told).toEqual([fault('closed', 'not-run')]);
      await expectFinal(bench);
    }),
  );

  it(
    'while it waits for the next dial',
    withClient({}, async (bench) => {
      const call = bench.query('a');
      bench.socket.drops();
      await bench.connection.close();
      expect(call.told).toEqual([fault('closed', 'not-run')]);
      await expectFinal(bench);
    }),
  );

  it(
    'while it waits for its user',
    withClient({}, async (bench) => {
      await bench.opens();
      await bench.says(['bye', 'unauthorized']);
      await bench.connection.close();
      await expectFinal(bench);
    }),
  );

  it(
    'a second time',
    withClient({}, async (bench) => {
      await bench.welcomes();
      await bench.connection.close();
      await bench.connection.close();
      expect(controlsOf(bench.socket.frames, 'bye')).toHaveLength(1);
      expect(bench.states).toEqual(['connecting', 'open', 'closed']);
    }),
  );

  it(
    'ends subscriptions with the fault',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const sub = bench.subscribe('s');
      await bench.settle();
      await bench.says([
        [6, 1],
        [7, 1, 'x'],
      ]);
      await bench.connection.close();
      expect(sub.story).toEqual(['started', '"x"', 'fault closed unknown']);
    }),
  );
});

describe('a bye from the client', () => {
  it('ends the session at the server at once, and aborts what runs there', () => {
    let fired = 0;
    const handlers = {
      wait: ({ signal }: { signal: AbortSignal }) =>
        new Promise((_, reject) =>
          signal.addEventListener('abort', () => {
            fired++;
            reject(signal.reason);
          }),
        ),
    };
    return inWorld({ handlers }, async (world) => {
      world.query('wait');
      await world.settle();
      expect(world.host.size).toBe(1);
      await world.connection.close();
      await world.settle();
      expect(world.host.size).toBe(0);
      expect(fired).toBe(1);
      expect(world.network.wire.open).toBe(false);
    })();
  });
});
