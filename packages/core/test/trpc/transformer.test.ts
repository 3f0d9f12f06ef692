import { createRequire } from 'node:module';
import type { TRPCDataTransformer } from '@trpc/server';
import { initTRPC, TRPCError, tracked } from '@trpc/server';
import superjson from 'superjson';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { refusalOf } from '../../src/trpc/refusal.ts';
import { RouterBench } from '../harness/router-bench.ts';

const t = initTRPC.create({ transformer: superjson, isDev: false });

describe('with superjson', () => {
  const when = new Date(5);

  it('inputs and results are what they were', async () => {
    const bench = new RouterBench(
      t.router({
        later: t.procedure
          .input(z.object({ at: z.date() }))
          .query(({ input }) => new Map([['at', new Date(input.at.getTime() + 1)]])),
      }),
    );
    const { data } = await bench.query('later', superjson.serialize({ at: when }));
    expect(superjson.deserialize(data as never)).toEqual(new Map([['at', new Date(6)]]));
  });

  it('items and tracked items are what they were, and the id is not transformed', async () => {
    const bench = new RouterBench(
      t.router({
        s: t.procedure.subscription(async function* () {
          yield when;
          yield tracked('7', when);
        }),
      }),
    );
    const { items } = await bench.subscription('s');
    expect(items?.map((it) => superjson.deserialize(it.data as never))).toEqual([when, when]);
    expect(items?.map((it) => it.event)).toEqual([undefined, '7']);
  });

  it('errors are transformed as well', async () => {
    const bench = new RouterBench(
      t.router({
        a: t.procedure.query(() => {
          throw new TRPCError({ code: 'CONFLICT', message: 'why' });
        }),
      }),
    );
    const { error } = await bench.query('a');
    expect(superjson.deserialize(error as never)).toMatchObject({
      message: 'why',
      data: { code: 'CONFLICT' },
    });
  });

  it('refusals are transformed as well', () => {
    const { error } = refusalOf(t.router({}), new TRPCError({ code: 'UNAUTHORIZED' }));
    expect(superjson.deserialize(error as never)).toMatchObject({ data: { code: 'UNAUTHORIZED' } });
  });

  it('absent inputs stay absent, and the cursor is put beside them after that', async () => {
    const bench = new RouterBench(
      t.router({
        s: t.procedure.input(z.unknown()).subscription(async function* ({ input }) {
          yield input;
        }),
      }),
    );
    const first = async (input: unknown): Promise<unknown> => {
      const { items } = await bench.subscription('s', { input, after: '7' });
      return superjson.deserialize(items?.[0]?.data as never);
    };
    expect(await first(undefined)).toEqual({ lastEventId: '7' });
    expect(await first(superjson.serialize({ at: when }))).toEqual({ at: when, lastEventId: '7' });
    expect(await first(superjson.serialize(when))).toEqual(when);
    expect(await first(superjson.serialize(new Map([[1, 2]])))).toEqual(new Map([[1, 2]]));
  });
});

describe('a transformer that fails', () => {
  const broken = (part: 'serialize' | 'deserialize', what: (value: unknown) => unknown): RouterBench => {
    const transformer: TRPCDataTransformer = { serialize: (it) => it, deserialize: (it) => it, [part]: what };
    const own = initTRPC.create({ transformer, isDev: false });
    return new RouterBench(
      own.router({
        echo: own.procedure.input(z.unknown()).query(({ input }) => input),
        plain: own.procedure.query(() => 'plain'),
        s: own.procedure.subscription(async function* () {
          yield 1;
        }),
      }),
    );
  };
  const fails = (): never => {
    throw new Error('transformer');
  };

  it('is asked once for an input that several parsers read', async () => {
    let asked = 0;
    const transformer: TRPCDataTransformer = {
      serialize: (it) => it,
      deserialize: (it) => {
        asked++;
        return it;
      },
    };
    const own = initTRPC.create({ transformer });
    const part = z.looseObject({});
    const bench = new RouterBench(
      own.router({
        a: own.procedure
          .input(part)
          .input(part)
          .query(({ input }) => input),
      }),
    );
    expect(await bench.query('a', { x: 1 })).toEqual({ data: { x: 1 } });
    expect(asked).toBe(1);
  });

  it('on an input is BAD_REQUEST for that call, and nothing for one that reads none', async () => {
    const bench = broken('deserialize', fails);
    expect((await bench.query('echo', 5)).error).toMatchObject({
      message: 'The input could not be read',
      data: { code: 'BAD_REQUEST' },
    });
    expect(await bench.query('plain', 5)).toEqual({ data: 'plain' });
    expect(bench.failures).toHaveLength(1);
  });

  it('on a result is an error of the server, which is told without it', async () => {
    const bench = broken('serialize', fails);
    const { error } = await bench.query('echo', 5);
    expect(error).toMatchObject({
      message: 'Internal server error',
      data: { code: 'INTERNAL_SERVER_ERROR' },
    });
    expect(bench.failures).toHaveLength(1);
  });

  it('on an item fails the stream', async () => {
    const bench = broken('serialize', fails);
    const { items, error } = await bench.subscription('s');
    expect(items).toEqual([]);
    expect(error?.data.code).toBe('INTERNAL_SERVER_ERROR');
  });

  it('on an error shape alone leaves the caller with an error of the server', async () => {
    const bench = broken('serialize', (it) => {
      if (typeof it === 'object' && it !== null && 'code' in it && it.code !== -32603) fails();
      return it;
    });
    expect((await bench.query('none')).error?.data.code).toBe('INTERNAL_SERVER_ERROR');
  });

  it('by giving nothing for an error shape leaves the caller with an error of the server', async () => {
    const bench = broken('serialize', () => undefined);
    expect((await bench.query('none')).error?.data.code).toBe('INTERNAL_SERVER_ERROR');
  });
});

describe('a tracked envelope', () => {
  const cjs = createRequire(import.meta.url)('@trpc/server') as { readonly tracked: typeof tracked };
  const plain = initTRPC.create({ isDev: false });

  const itemsOf = async (value: unknown): Promise<unknown> => {
    const bench = new RouterBench(
      plain.router({
        s: plain.procedure.subscription(async function* () {
          yield value;
        }),
      }),
    );
    return (await bench.subscription('s')).items;
  };

  it('is unwrapped', async () => {
    expect(await itemsOf(tracked('7', { a: 1 }))).toEqual([{ data: { a: 1 }, event: '7' }]);
    expect(await itemsOf(tracked('7', undefined))).toEqual([{ data: undefined, event: '7' }]);
  });

  it('of the CommonJS copy of tRPC is unwrapped, too', async () => {
    expect(cjs.tracked).not.toBe(tracked);
    expect(await itemsOf(cjs.tracked('7', { a: 1 }))).toEqual([{ data: { a: 1 }, event: '7' }]);
  });

  it('is not seen in data that only look like one', async () => {
    for (const value of [
      ['7', { a: 1 }],
      ['7', 1, 'mark'],
      [7, 1, Symbol('s')],
      ['7', 1, Symbol('s'), 1],
    ]) {
      const items = (await itemsOf(value)) as readonly { event: unknown }[];
      expect(items[0]?.event, JSON.stringify(value.length)).toBeUndefined();
    }
  });
});
