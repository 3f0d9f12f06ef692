import { initTRPC, TRPCError } from '@trpc/server';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { RouterBench } from '../harness/router-bench.ts';

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
    const get = (): never => {
      throw new Error('trap');
    };
    for (const it of [trap, new Proxy(new Error('trapped'), { get })]) {
      expect((await throwing(it).query('a')).error?.data.code).toBe('INTERNAL_SERVER_ERROR');
      expect((await throwing(it).subscription('s')).error?.data.code).toBe('INTERNAL_SERVER_ERROR');
    }
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
