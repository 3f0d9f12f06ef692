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

describe('close from inside what the connection tells', () => {
  for (const state of ['connecting', 'open', 'waiting']) {
    it(
      `as from a listener of ${state}`,
      withClient({ lazy: true }, async (bench) => {
        bench.connection.subscribe((status) => {
          if (status.state === state) void bench.connection.close();
        });
        bench.connection.retry();
        await bench.settle();
        if (bench.sockets.length > 0) {
          if (state === 'open') await bench.welcomes();
          else bench.socket.drops();
        }
        await expectFinal(bench);
      }),
    );
  }

  it(
    'as from a call that the refusal rejects',
    withClient({}, async (bench) => {
      const call = bench.query('a');
      call.onTold = () => void bench.connection.close();
      await bench.opens();
      await bench.says(['bye', 'unauthorized']);
      await expectFinal(bench);
    }),
  );

  it(
    'as from a call that the loss of the session rejects',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const call = bench.mutation('a');
      const other = bench.query('b');
      await bench.settle();
      call.onTold = () => void bench.connection.close();
      bench.socket.drops();
      await bench.settle();
      expect(other.told).toEqual([fault('closed', 'unknown')]);
      await expectFinal(bench);
    }),
  );

  it(
    'as from a call that gone rejects',
    withClient({}, async (bench) => {
      const call = bench.mutation('a');
      await bench.opens();
      await bench.dropsAndRedials();
      await bench.opens();
      call.onTold = () => void bench.connection.close();
      await bench.says(['gone', 'off']);
      expect(bench.hellos()).toHaveLength(1);
      await expectFinal(bench);
    }),
  );

  it(
    'as from a call that a violation rejects',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const call = bench.mutation('a');
      await bench.settle();
      call.onTold = () => void bench.connection.close();
      await bench.says(['nonsense']);
      await expectFinal(bench);
    }),
  );

  it(
    'as from an answer',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const call = bench.query('a');
      const other = bench.query('b');
      await bench.settle();
      call.onTold = () => void bench.connection.close();
      await bench.says([
        [4, 1, 'x'],
        [4, 2, 'y'],
      ]);
      expect(call.told).toEqual([['result', 'x']]);
      expect(other.told).toEqual([fault('closed', 'unknown')]);
      await expectFinal(bench);
    }),
  );

  it('as from params', () => {
    let close: () => void = () => {};
    return withClient(
      {
        lazy: true,
        params: () => {
          close();
          return {};
        },
      },
      async (bench) => {
        close = () => void bench.connection.close();
        bench.connection.retry();
        await bench.settle();
        await expectFinal(bench);
      },
    )();
  });
});

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
