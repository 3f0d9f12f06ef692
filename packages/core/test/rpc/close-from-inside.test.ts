import { describe, expect, it } from 'vitest';
import type { ClientBench } from '../harness/client-bench.ts';
import { withClient } from '../harness/client-bench.ts';
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
