import { initTRPC, lazy, TRPCError, tracked } from '@trpc/server';
import { observable } from '@trpc/server/observable';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { position } from '../../src/trpc/position.ts';
import { RouterBench } from '../harness/router-bench.ts';

const t = initTRPC.context<{ readonly user?: string }>().create({ isDev: false });

describe('a procedure', () => {
  it('is found by its path, however deep it is', async () => {
    const inner = t.router({ leaf: t.procedure.query(() => 'leaf') });
    const bench = new RouterBench(t.router({ a: t.router({ b: t.router({ c: inner }) }) }));
    expect(await bench.query('a.b.c.leaf')).toEqual({ data: 'leaf' });
  });

  it('is found in a lazy router, at the first call and at later ones', async () => {
    let loads = 0;
    const inner = t.router({ leaf: t.procedure.query(() => 'leaf') });
    const load = (): Promise<{ inner: typeof inner }> => {
      loads++;
      return Promise.resolve({ inner });
    };
    const bench = new RouterBench(t.router({ far: lazy(load) }));
    expect(await Promise.all([bench.query('far.leaf'), bench.query('far.leaf')])).toEqual([
      { data: 'leaf' },
      { data: 'leaf' },
    ]);
    expect(await bench.query('far.leaf')).toEqual({ data: 'leaf' });
    expect(loads).toBe(1);
  });

  it('of a lazy router that cannot be loaded is an error of that call', async () => {
    const load = (): Promise<never> => Promise.reject(new Error('no such chunk'));
    const bench = new RouterBench(t.router({ far: lazy(load), near: t.procedure.query(() => 1) }));
    const answer = await bench.query('far.leaf');
    expect(answer.error).toMatchObject({
      message: 'Internal server error',
      data: { code: 'INTERNAL_SERVER_ERROR' },
    });
    expect(await bench.query('near')).toEqual({ data: 1 });
  });

  it('gets its context from the session and from its middlewares', async () => {
    const named = t.middleware(({ ctx, next }) => next({ ctx: { name: `${ctx.user}!` } }));
    const bench = new RouterBench(
      t.router({ who: t.procedure.use(named).query(({ ctx }) => [ctx.user, ctx.name]) }),
    );
    expect(await bench.query('who', undefined, { context: { user: 'ada' } })).toEqual({
      data: ['ada', 'ada!'],
    });
  });

  it('is answered with what its output parser made', async () => {
    const output = z.object({ id: z.string() });
    const bench = new RouterBench(
      t.router({
        right: t.procedure.output(output).query(() => ({ id: 'x', secret: 1 })),
        wrong: t.procedure.output(output).query(() => ({}) as never),
      }),
    );
    expect(await bench.query('right')).toEqual({ data: { id: 'x' } });
    expect((await bench.query('wrong')).error?.data.code).toBe('INTERNAL_SERVER_ERROR');
  });

  it('may answer nothing, or null', async () => {
    const bench = new RouterBench(
      t.router({ nothing: t.procedure.mutation(() => {}), nil: t.procedure.mutation(() => null) }),
    );
    expect(await bench.mutation('nothing')).toEqual({ data: undefined });
    expect(await bench.mutation('nil')).toEqual({ data: null });
  });
});

describe('a path that leads nowhere', () => {
  const bench = new RouterBench(
    t.router({ a: t.procedure.query(() => 1), b: t.router({ c: t.procedure.mutation(() => 1) }) }),
  );
  const none = [
    ...['', '.', 'nothing', 'a.', '.a', 'b', 'b.', 'b.d', 'a.b', '_def', 'createCaller', 'then'],
    ...['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf'],
    ...['b.constructor', 'b.__proto__', '__proto__.a', 'constructor.prototype', 'a.call', 'a._def'],
  ];
  for (const path of none) {
    it(`such as ${JSON.stringify(path)} is NOT_FOUND for every type`, async () => {
      for (const type of ['query', 'mutation', 'subscription'] as const) {
        expect((await bench.call(type, path, {})).error?.data.code).toBe('NOT_FOUND');
      }
    });
  }

  it('is what a procedure of another type is', async () => {
    expect((await bench.mutation('a')).error?.data.code).toBe('NOT_FOUND');
    expect((await bench.query('b.c')).error?.data.code).toBe('NOT_FOUND');
    expect((await bench.subscription('a')).error?.data.code).toBe('NOT_FOUND');
  });
});

describe('input', () => {
  const bench = new RouterBench(
    t.router({
      zod: t.procedure.input(z.object({ n: z.coerce.number() })).query(({ input }) => input.n),
      valibot: t.procedure.input(v.object({ s: v.string() })).query(({ input }) => input.s),
      merged: t.procedure
        .input(z.object({ a: z.string() }))
        .input(z.object({ b: z.string() }))
        .query(({ input }) => input.a + input.b),
      none: t.procedure.query(({ input }) => input === undefined),
    }),
  );

  it('is validated by zod, by valibot, and by several together', async () => {
    expect(await bench.query('zod', { n: '5' })).toEqual({ data: 5 });
    expect(await bench.query('valibot', { s: 'x' })).toEqual({ data: 'x' });
    expect(await bench.query('merged', { a: 'x', b: 'y' })).toEqual({ data: 'xy' });
  });

  it('that does not validate is BAD_REQUEST', async () => {
    for (const [path, input] of [
      ['zod', { n: 'x' }],
      ['zod', undefined],
      ['valibot', { s: 5 }],
      ['merged', { a: 'x' }],
    ] as const) {
      expect((await bench.query(path, input)).error?.data.code).toBe('BAD_REQUEST');
    }
  });

  it('that nobody asks for is not given', async () => {
    expect(await bench.query('none', { n: 5 })).toEqual({ data: true });
  });

  it('with keys of every object is data like any other', async () => {
    const echo = new RouterBench(
      t.router({ echo: t.procedure.input(z.record(z.string(), z.unknown())).query(({ input }) => input) }),
    );
    const input: unknown = JSON.parse('{"constructor":1,"toString":2}');
    expect(await echo.query('echo', input)).toEqual({ data: input });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('the cursor of a tracked subscription', () => {
  const seen = (schema: z.ZodType): RouterBench =>
    new RouterBench(
      t.router({
        s: t.procedure.input(schema).subscription(async function* ({ input }) {
          yield input;
        }),
      }),
    );
  const inputs = z.unknown();
  const first = async (bench: RouterBench, input: unknown, after?: string): Promise<unknown> =>
    (await bench.subscription('s', { input, ...(after === undefined ? {} : { after }) })).items?.[0]?.data;

  it('is put into a plain object, and in place of an input that is absent', async () => {
    expect(await first(seen(inputs), { room: 1 }, '7')).toEqual({ room: 1, lastEventId: '7' });
    expect(await first(seen(inputs), { lastEventId: '3' }, '7')).toEqual({ lastEventId: '7' });
    expect(await first(seen(inputs), undefined, '7')).toEqual({ lastEventId: '7' });
    expect(await first(seen(inputs), null, '7')).toEqual({ lastEventId: '7' });
    expect(await first(seen(inputs), undefined, '')).toEqual({ lastEventId: '' });
  });

  it('is put nowhere else: other inputs stay what they are', async () => {
    for (const input of ['text', 5, true, [1, 2]])
      expect(await first(seen(inputs), input, '7')).toEqual(input);
  });

  it('is put nowhere when there is none', async () => {
    expect(await first(seen(inputs), { room: 1 })).toEqual({ room: 1 });
    expect(await first(seen(inputs), undefined)).toBeUndefined();
  });

  it('that the schema does not allow, or strips, is not seen: it begins anew, which is a gap', async () => {
    for (const schema of [z.strictObject({ room: z.number() }), z.object({ room: z.number() })]) {
      const answer = await seen(schema).subscription('s', { input: { room: 1 }, after: '7' });
      expect(answer.items).toEqual([{ data: { room: 1 }, event: undefined }]);
      expect(answer.gap).toBe('no-cursor');
      const fresh = await seen(schema).subscription('s', { input: { room: 1 } });
      expect(fresh.gap).toBeUndefined();
    }
  });

  it('that a parser does not allow has only that parser asked again: nothing else runs twice', async () => {
    const ran: string[] = [];
    const note = (name: string) => {
      ran.push(name);
      return true;
    };
    const bench = new RouterBench(
      t.router({
        s: t.procedure
          .use(({ next }) => {
            note('before');
            return next();
          })
          .input(z.object({ room: z.number() }).refine(() => note('loose')))
          .input(z.strictObject({ room: z.number() }).refine(() => note('strict')))
          .use(({ next }) => {
            note('after');
            return next();
          })
          .subscription(async function* ({ input }) {
            note('handler');
            yield input;
          }),
      }),
    );
    const answer = await bench.subscription('s', { input: { room: 1 }, after: '7' });
    expect(answer.gap).toBe('no-cursor');
    expect(answer.items).toEqual([{ data: { room: 1 }, event: undefined }]);
    expect(ran).toEqual(['before', 'loose', 'strict', 'strict', 'after', 'handler']);
  });

  it('is not why a handler that refuses is asked twice', async () => {
    let ran = 0;
    const bench = new RouterBench(
      t.router({
        s: t.procedure.input(z.object({ lastEventId: z.string() })).subscription(async () => {
          ran++;
          throw new TRPCError({ code: 'BAD_REQUEST', message: 'too old' });
        }),
      }),
    );
    const answer = await bench.subscription('s', { after: '7' });
    expect([answer.error?.message, ran]).toEqual(['too old', 1]);
  });

  it('does not make an input right that is wrong without it', async () => {
    const answer = await seen(z.strictObject({ room: z.number() })).subscription('s', {
      input: { room: 'x' },
      after: '7',
    });
    expect(answer.error?.data.code).toBe('BAD_REQUEST');
  });

  it('that is taken is no gap', async () => {
    const schema = z.object({ room: z.number(), lastEventId: z.string().optional() });
    const answer = await seen(schema).subscription('s', { input: { room: 1 }, after: '7' });
    expect(answer.items?.[0]?.data).toEqual({ room: 1, lastEventId: '7' });
    expect(answer.gap).toBeUndefined();
  });

  it('leaves the input of the call itself alone', async () => {
    const input = { room: 1 };
    await first(seen(inputs), input, '7');
    expect(input).toEqual({ room: 1 });
  });
});

describe('a position that a subscription yields', () => {
  it('is told beside its items, which keep their order and their ids', async () => {
    const bench = new RouterBench(
      t.router({
        s: t.procedure.subscription(async function* () {
          yield position('5');
          yield tracked('6', 'a');
          yield 'b';
          yield position('9');
        }),
      }),
    );
    expect(await bench.subscription('s')).toEqual({
      items: [
        { data: 'a', event: '6' },
        { data: 'b', event: undefined },
      ],
      positions: ['5', '9'],
    });
  });

  it('is one only if `position` made it: data that look alike are data', async () => {
    const bench = new RouterBench(
      t.router({
        s: t.procedure.subscription(async function* () {
          yield { position: '5' };
          yield { 'hawser.position': '5' };
        }),
      }),
    );
    const { items, positions } = await bench.subscription('s');
    expect([items?.length, positions]).toEqual([2, []]);
  });
});

describe('a subscription', () => {
  it('may be a generator, an observable, or anything that can be iterated', async () => {
    const bench = new RouterBench(
      t.router({
        generator: t.procedure.subscription(async function* () {
          yield 1;
          yield 2;
        }),
        observable: t.procedure.subscription(() =>
          observable<number>((emit) => {
            emit.next(1);
            emit.next(2);
            emit.complete();
          }),
        ),
        fails: t.procedure.subscription(() =>
          observable<number>((emit) => {
            emit.next(1);
            emit.error(new TRPCError({ code: 'CONFLICT', message: 'why' }));
          }),
        ),
      }),
    );
    const data = async (path: string): Promise<unknown> =>
      (await bench.subscription(path)).items?.map((it) => it.data);
    expect(await data('generator')).toEqual([1, 2]);
    expect(await data('observable')).toEqual([1, 2]);
    const failed = await bench.subscription('fails');
    expect(failed.items?.map((it) => it.data)).toEqual([1]);
    expect(failed.error).toMatchObject({ message: 'why', data: { code: 'CONFLICT' } });
  });

  it('that an observable makes is unsubscribed when its call is aborted', async () => {
    let unsubscribed = 0;
    const bench = new RouterBench(
      t.router({
        s: t.procedure.subscription(() =>
          observable<number>((emit) => {
            emit.next(1);
            return () => void unsubscribed++;
          }),
        ),
      }),
    );
    const abort = new AbortController();
    const running = bench.subscription('s', { signal: abort.signal });
    await new Promise((resolve) => setImmediate(resolve));
    abort.abort();
    await running;
    expect(unsubscribed).toBe(1);
  });

  it('that gives no stream is an error of the server', async () => {
    const bench = new RouterBench(t.router({ s: t.procedure.subscription(() => 5 as never) }));
    expect((await bench.subscription('s')).error?.data.code).toBe('INTERNAL_SERVER_ERROR');
  });
});

describe('a query or mutation that gives a stream', () => {
  it('gives its place in the value, and the stream is not begun', async () => {
    let begun = 0;
    async function* stream() {
      begun++;
      yield 1;
    }
    const bench = new RouterBench(
      t.router({
        a: t.procedure.query(() => stream()),
        b: t.procedure.mutation(() => ({ rows: [stream(), 1] })),
      }),
    );
    expect(await bench.query('a')).toEqual({ data: null, streams: [[]] });
    expect(await bench.mutation('b')).toEqual({ data: { rows: [null, 1] }, streams: [['rows', 0]] });
    expect(begun).toBe(0);
  });
});
