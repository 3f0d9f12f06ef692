import { initTRPC, TRPCError } from '@trpc/server';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { CallFailure } from '../../src/trpc/error-shape.ts';
import { routerDispatch } from '../../src/trpc/router-dispatch.ts';
import type { Frame } from '../harness/frames.ts';
import { withServer } from '../harness/server-bench.ts';

describe('onError', () => {
  const t = initTRPC.context<{ readonly user: string }>().create({ isDev: false });
  const router = t.router({
    fails: t.procedure.input(z.number()).query(() => {
      throw new TRPCError({ code: 'CONFLICT' });
    }),
    waits: t.procedure.query(
      ({ signal }) =>
        new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
    ),
    stream: t.procedure.subscription(async function* ({ signal }) {
      yield 1;
      await new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
    }),
    bad: t.procedure.query(() => 1n as never),
    badItem: t.procedure.subscription(async function* () {
      yield 1n as never;
    }),
    large: t.procedure.query(() => 'x'.repeat(2000)),
    largeError: t.procedure.query(() => {
      throw new TRPCError({ code: 'CONFLICT', message: 'x'.repeat(2000) });
    }),
  });

  /** Serves frames, and tells what onError was told of. */
  async function told(frames: readonly Frame[], more?: Frame, ms = 0): Promise<readonly string[]> {
    const failures: CallFailure[] = [];
    const dispatch = routerDispatch({ router, onError: (failure) => void failures.push(failure) });
    const limits = { messageBytes: 1000, calls: 2 };
    await withServer({ dispatch, limits }, async (bench) => {
      const socket = await bench.enterInformed('a');
      await bench.says(socket, ...frames);
      if (more) await bench.says(socket, more);
      await bench.advance(ms);
      socket.drops();
      await bench.settle();
    })();
    return failures.map(({ error, path }) => `${path}: ${error.code}`);
  }

  it('is told once of each failure, whatever it is', async () => {
    expect(await told([[[1, 1, 'fails', 5]]])).toEqual(['fails: CONFLICT']);
    expect(await told([[[1, 1, 'fails', 'x']]])).toEqual(['fails: BAD_REQUEST']);
    expect(await told([[[1, 1, 'none']]])).toEqual(['none: NOT_FOUND']);
    expect(await told([[[1, 1, 'bad']]])).toEqual(['bad: INTERNAL_SERVER_ERROR']);
    expect(await told([[[3, 1, 'badItem']]])).toEqual(['badItem: INTERNAL_SERVER_ERROR']);
    expect(await told([[[1, 1, 'large']]])).toEqual(['large: PAYLOAD_TOO_LARGE']);
  });

  it('is told once of a call beyond the limit', async () => {
    const calls: Frame = [
      [1, 1, 'waits'],
      [1, 2, 'waits'],
      [1, 3, 'waits'],
    ];
    expect(await told([calls])).toEqual(['waits: TOO_MANY_REQUESTS']);
  });

  it('is told once of a deadline: of the deadline, not of what it made the handler throw', async () => {
    const timeout = { timeout: 100 };
    expect(await told([[[1, 1, 'waits', null, timeout]]], undefined, 200)).toEqual(['waits: TIMEOUT']);
    expect(await told([[[3, 1, 'stream', null, timeout]]], undefined, 200)).toEqual(['stream: TIMEOUT']);
  });

  it('is told nothing of a cancelled call, whose caller is told nothing either', async () => {
    expect(await told([[[1, 1, 'waits']]], [[9, 1]])).toEqual([]);
    expect(await told([[[3, 1, 'stream']]], [[9, 1]])).toEqual([]);
  });

  it('is told nothing of what the end of a session aborts', async () => {
    expect(await told([[[1, 1, 'waits']]])).toEqual([]);
    expect(await told([[[3, 1, 'stream']]])).toEqual([]);
  });

  it('is told of the error, and of the answer that it was too large for', async () => {
    expect(await told([[[1, 1, 'largeError']]])).toEqual([
      'largeError: CONFLICT',
      'largeError: PAYLOAD_TOO_LARGE',
    ]);
  });

  it('gets the error, the call and its context', async () => {
    const failures: CallFailure[] = [];
    const dispatch = routerDispatch({ router, onError: (failure) => void failures.push(failure) });
    await withServer({ dispatch, createContext: () => ({ user: 'ada' }) }, async (bench) => {
      await bench.enter('a', [[1, 1, 'fails', 5]]);
    })();
    expect(failures).toMatchObject([
      { type: 'query', path: 'fails', input: 5, ctx: { user: 'ada' }, error: { code: 'CONFLICT' } },
    ]);
  });
});
