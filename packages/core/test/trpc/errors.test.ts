import { initTRPC, TRPCError } from '@trpc/server';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ServingError } from '../../src/rpc/dispatch.ts';
import type { CallFailure } from '../../src/trpc/error-shape.ts';
import { refusalOf } from '../../src/trpc/refusal.ts';
import { routerDispatch } from '../../src/trpc/router-dispatch.ts';
import type { Frame } from '../harness/frames.ts';
import { RouterBench } from '../harness/router-bench.ts';
import { withServer } from '../harness/server-bench.ts';

const secret = 'connect ECONNREFUSED 10.0.0.7:5432';

function throwing(what: unknown, isDev = false): RouterBench {
  const t = initTRPC.create({ isDev });
  return new RouterBench(
    t.router({
      a: t.procedure.query(() => {
        throw what;
      }),
      s: t.procedure.subscription(async function* () {
        yield 1;
        throw what;
      }),
    }),
  );
}

describe('in production the text of what was thrown', () => {
  const thrown: Readonly<Record<string, unknown>> = {
    'an error': new Error(secret),
    'an error with a cause': new Error(secret, { cause: new Error('inner') }),
    'a type error': new TypeError(secret),
    'a string': secret,
    'an object': { message: secret },
    'an error made of it by tRPC': new TRPCError({ code: 'INTERNAL_SERVER_ERROR', cause: new Error(secret) }),
  };
  for (const [what, error] of Object.entries(thrown)) {
    it(`stays here when it was ${what}`, async () => {
      const bench = throwing(error);
      const { error: unary } = await bench.query('a');
      const { error: stream } = await bench.subscription('s');
      for (const shape of [unary, stream]) {
        expect(JSON.stringify(shape)).not.toContain('ECONNREFUSED');
        expect(shape).toMatchObject({
          message: 'Internal server error',
          data: { code: 'INTERNAL_SERVER_ERROR' },
        });
        expect(shape?.data.stack).toBeUndefined();
      }
    });

    it(`is told to onError when it was ${what}`, async () => {
      const bench = throwing(error);
      await bench.query('a');
      expect(bench.failures).toHaveLength(1);
      if (what !== 'an object') expect(bench.failures[0]?.error.message).toContain('ECONNREFUSED');
    });
  }

  it('is told when the handler said it on purpose', async () => {
    for (const error of [
      new TRPCError({ code: 'INTERNAL_SERVER_ERROR', message: 'Try later', cause: new Error(secret) }),
      new TRPCError({ code: 'INTERNAL_SERVER_ERROR', message: 'Try later' }),
      new TRPCError({ code: 'CONFLICT', message: 'Try later', cause: new Error(secret) }),
    ]) {
      const { error: shape } = await throwing(error).query('a');
      expect(shape?.message).toBe('Try later');
      expect(JSON.stringify(shape)).not.toContain('ECONNREFUSED');
    }
  });

  it('is told when an error formatter wrote another', async () => {
    const t = initTRPC.create({
      isDev: false,
      errorFormatter: ({ shape }) => ({ ...shape, message: 'formatted', extra: 1 }),
    });
    const bench = new RouterBench(
      t.router({
        a: t.procedure.query(() => {
          throw new Error(secret);
        }),
      }),
    );
    expect((await bench.query('a')).error).toMatchObject({ message: 'formatted', extra: 1 });
  });
});

describe('in development', () => {
  it('the text and the stack are told', async () => {
    const { error } = await throwing(new Error(secret), true).query('a');
    expect(error?.message).toBe(secret);
    expect(error?.data.stack).toContain('ECONNREFUSED');
  });
});

describe('a throw that is no error', () => {
  for (const what of ['text', 5, null, undefined, true, { a: 1 }, Symbol('s'), () => {}, Number.NaN]) {
    it(`such as ${String(what)} is an error of the server, and told once`, async () => {
      const bench = throwing(what);
      const { error } = await bench.query('a');
      expect(error?.data.code).toBe('INTERNAL_SERVER_ERROR');
      expect(bench.failures).toHaveLength(1);
    });
  }

  it('such as an object without a prototype, or one whose getters throw', async () => {
    const bare = Object.assign(Object.create(null), { message: 'm' });
    const trap = new Proxy(
      {},
      {
        get: () => {
          throw new Error('trap');
        },
      },
    );
    expect((await throwing(bare).query('a')).error?.data.code).toBe('INTERNAL_SERVER_ERROR');
    await expect(throwing(trap).query('a')).resolves.toMatchObject({
      error: { data: { code: 'INTERNAL_SERVER_ERROR' } },
    });
  });
});

describe('an error formatter', () => {
  const failing = (errorFormatter: () => never): RouterBench => {
    const t = initTRPC.create({ isDev: false, errorFormatter });
    return new RouterBench(
      t.router({
        a: t.procedure.query(() => {
          throw new TRPCError({ code: 'CONFLICT' });
        }),
      }),
    );
  };

  it('that throws leaves the caller with an error of the server', async () => {
    const bench = failing(() => {
      throw new Error(secret);
    });
    expect((await bench.query('a')).error).toEqual({
      message: 'Internal server error',
      code: -32603,
      data: { code: 'INTERNAL_SERVER_ERROR', httpStatus: 500 },
    });
  });

  it('whose shape cannot be serialised does so, too', async () => {
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    for (const shape of [circular, { n: 1n }, undefined, () => {}]) {
      const { error } = await failing(() => shape as never).query('a');
      expect(error?.data.code).toBe('INTERNAL_SERVER_ERROR');
    }
  });

  it('gets what failed, where, with which input and context', async () => {
    const seen: unknown[] = [];
    const t = initTRPC.context<{ readonly user: string }>().create({
      errorFormatter: ({ shape, ctx, path, type, input }) => {
        seen.push([ctx, path, type, input]);
        return shape;
      },
    });
    const bench = new RouterBench(
      t.router({
        a: t.procedure.input(z.number()).query(() => {
          throw new TRPCError({ code: 'CONFLICT' });
        }),
      }),
    );
    await bench.query('a', 5, { context: { user: 'ada' } });
    expect(seen).toEqual([[{ user: 'ada' }, 'a', 'query', 5]]);
  });
});

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
      const socket = await bench.enter('a', ...frames);
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

describe('failures that the peer itself met', () => {
  it('are told by their code and text', () => {
    const bench = new RouterBench(initTRPC.create({ isDev: false }).router({}));
    const call = {
      type: 'query',
      path: 'a',
      input: 1,
      after: undefined,
      context: undefined,
      signal: new AbortController().signal,
      cancelled: false,
    } as const;
    for (const code of [
      'TIMEOUT',
      'TOO_MANY_REQUESTS',
      'PAYLOAD_TOO_LARGE',
      'NOT_FOUND',
      'INTERNAL_SERVER_ERROR',
    ] as const) {
      const json = bench.dispatch.fail(call, new ServingError(code, 'The text'));
      expect(JSON.parse(json)).toMatchObject({ message: 'The text', data: { code, path: 'a' } });
    }
  });
});

describe('a context that fails', () => {
  const t = initTRPC.create({ isDev: false });
  const router = t.router({});

  it('refuses the dial when it is one of three errors, and is trouble when it is any other', () => {
    for (const [code, name] of [
      ['UNAUTHORIZED', 'unauthorized'],
      ['FORBIDDEN', 'forbidden'],
      ['BAD_REQUEST', 'bad-request'],
      ['INTERNAL_SERVER_ERROR', 'trouble'],
      ['TOO_MANY_REQUESTS', 'trouble'],
      ['NOT_FOUND', 'trouble'],
    ] as const) {
      expect(refusalOf(router, new TRPCError({ code })).name).toBe(name);
    }
    for (const thrown of [new Error('x'), 'x', null, undefined, { code: 'UNAUTHORIZED' }, 'constructor']) {
      expect(refusalOf(router, thrown).name).toBe('trouble');
    }
  });

  it('is told with the shape that a caller of any procedure would see', () => {
    const told = refusalOf(router, new TRPCError({ code: 'UNAUTHORIZED', message: 'Token expired' }));
    expect(told.error).toEqual({
      message: 'Token expired',
      code: -32001,
      data: { code: 'UNAUTHORIZED', httpStatus: 401 },
    });
    expect(told.failure).toMatchObject({ type: 'unknown', path: undefined, ctx: undefined });
  });

  it('is not told with the text of an internal error', () => {
    const told = refusalOf(router, new Error(secret));
    expect(JSON.stringify(told.error)).not.toContain('ECONNREFUSED');
    expect(told.failure.error.message).toBe(secret);
  });

  it('is told also when the formatter throws', () => {
    const broken = initTRPC
      .create({
        errorFormatter: () => {
          throw new Error(secret);
        },
      })
      .router({});
    const told = refusalOf(broken, new TRPCError({ code: 'FORBIDDEN' }));
    expect(told.name).toBe('forbidden');
    expect(told.error).toMatchObject({ data: { code: 'INTERNAL_SERVER_ERROR' } });
  });
});
