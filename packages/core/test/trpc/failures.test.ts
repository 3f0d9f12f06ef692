import { initTRPC, TRPCError } from '@trpc/server';
import { describe, expect, it } from 'vitest';
import { ServingError } from '../../src/rpc/dispatch.ts';
import { refusalOf } from '../../src/trpc/refusal.ts';
import { RouterBench } from '../harness/router-bench.ts';

const secret = 'connect ECONNREFUSED 10.0.0.7:5432';

describe('failures that the peer itself met', () => {
  it('are told by their code and text', () => {
    const bench = new RouterBench(initTRPC.create({ isDev: false }).router({}));
    const call = {
      type: 'query',
      path: 'a',
      input: 1,
      found: [],
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
