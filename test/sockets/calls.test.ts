import { serve } from '@hawser/adapter-node';
import { connect, createClient, outcomeOf } from '@hawser/client';
import { initTRPC, TRPCError, tracked } from '@trpc/server';
import superjson from 'superjson';
import { describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { here, openDock } from './dock.ts';
import { faultOf, rejection } from './rejection.ts';

const dock = openDock();

const t = initTRPC.create();
const router = t.router({
  greet: t.procedure.input(z.object({ name: z.string() })).query(({ input }) => `hi ${input.name}`),
  nothing: t.procedure.query(() => undefined),
  nested: t.router({
    deeper: t.router({ add: t.procedure.input(z.number()).mutation(({ input }) => input + 1) }),
  }),
  count: t.procedure.input(z.number()).subscription(async function* ({ input }) {
    for (let i = 0; i < input; i++) yield i;
  }),
  tagged: t.procedure.subscription(async function* () {
    yield tracked('a', 1);
    yield 2;
  }),
  refuse: t.procedure.query(() => {
    throw new TRPCError({ code: 'CONFLICT', message: 'Taken' });
  }),
  crash: t.procedure.query(() => {
    throw new Error('password=hunter2');
  }),
  failsLater: t.procedure.subscription(async function* () {
    yield 1;
    throw new TRPCError({ code: 'FORBIDDEN', message: 'No more' });
  }),
  circular: t.procedure.query(() => {
    const value: Record<string, unknown> = {};
    value['self'] = value;
    return value;
  }),
});

async function plain() {
  const server = dock.keep(await serve({ router, ...here, onError: () => {} }));
  const connection = dock.keep(connect({ url: server.url }));
  return { server, connection, api: createClient<typeof router>(connection) };
}

describe('calls over a real socket', () => {
  test('a query, a mutation on a nested path and a subscription give what their handlers gave', async () => {
    const { api } = await plain();
    expect(await api.greet.query({ name: 'Ada' })).toBe('hi Ada');
    expect(await api.nested.deeper.add.mutate(41)).toBe(42);
    const items: number[] = [];
    for await (const item of api.count.subscribe(100)) items.push(item);
    expect(items).toEqual(Array.from({ length: 100 }, (_, i) => i));
  });

  test('a call may be made before the socket is open', async () => {
    const { connection, api } = await plain();
    expect(connection.state).toBe('connecting');
    expect(await api.greet.query({ name: 'Bo' })).toBe('hi Bo');
    expect(connection.state).toBe('open');
  });

  test('callbacks tell started, each item, stopped and complete, in that order', async () => {
    const { api } = await plain();
    const told: unknown[] = [];
    await new Promise<void>((resolve) => {
      api.count.subscribe(3, {
        onStarted: () => told.push('started'),
        onData: (item) => told.push(item),
        onStopped: () => told.push('stopped'),
        onComplete: () => {
          told.push('complete');
          resolve();
        },
      });
    });
    expect(told).toEqual(['started', 0, 1, 2, 'stopped', 'complete']);
  });

  test('a tracked event comes with its id, an untracked one as it is', async () => {
    const { api } = await plain();
    const items: unknown[] = [];
    for await (const item of api.tagged.subscribe()) items.push(item);
    expect(items).toEqual([{ id: 'a', data: 1 }, 2]);
  });

  test('`undefined` arrives as `undefined`', async () => {
    const { api } = await plain();
    expect(await api.nothing.query()).toBeUndefined();
  });

  test.each([
    ['emoji and other scripts', '🚢 もやい綱 ⚓️ é'],
    ['what JSON and JavaScript disagree about', '\u2028\u2029\u0000\b\f"\\\n'],
    ['half a surrogate pair', '\ud800 and \udc00'],
    ['what looks like a control frame', '["bye","closed"]'],
    ['128 KiB', 'x'.repeat(131_072)],
  ])('text arrives as it left: %s', async (_, text) => {
    const { api } = await plain();
    expect(await api.greet.query({ name: text })).toBe(`hi ${text}`);
  });

  test('a lazy connection dials at its first call, not before', async () => {
    const { server } = await plain();
    const connection = dock.keep(connect({ url: server.url, lazy: true }));
    expect(connection.state).toBe('idle');
    expect(await createClient<typeof router>(connection).greet.query({ name: 'C' })).toBe('hi C');
  });
});

describe('errors', () => {
  test('a thrown TRPCError arrives as tRPC shapes it, and is the server’s answer', async () => {
    const { api } = await plain();
    const error = await rejection(api.refuse.query());
    expect(error.message).toBe('Taken');
    expect(error.shape).toMatchObject({ code: -32009, message: 'Taken' });
    expect(error.data).toMatchObject({ code: 'CONFLICT', httpStatus: 409, path: 'refuse' });
    expect(outcomeOf(error)).toBeUndefined();
  });

  test('an input that does not validate is BAD_REQUEST', async () => {
    const { api } = await plain();
    const error = await rejection(api.greet.query({ name: 5 } as unknown as { name: string }));
    expect(error.data).toMatchObject({ code: 'BAD_REQUEST', httpStatus: 400 });
  });

  test.each(['nope', 'constructor', '__proto__', 'nested', 'greet.query', 'toString'])(
    'a path that is no procedure, `%s`, is NOT_FOUND',
    async (path) => {
      const { connection } = await plain();
      const api = createClient<typeof router>(connection) as unknown as Record<
        string,
        { query(): Promise<unknown> }
      >;
      const error = await rejection((api[path] as { query(): Promise<unknown> }).query());
      expect(error.data).toMatchObject({ code: 'NOT_FOUND' });
    },
  );

  test('a procedure called as another kind is NOT_FOUND', async () => {
    const { connection } = await plain();
    const api = createClient<typeof router>(connection) as unknown as {
      greet: { mutate(i: object): Promise<unknown> };
    };
    const error = await rejection(api.greet.mutate({ name: 'x' }));
    expect(error.data).toMatchObject({ code: 'NOT_FOUND' });
  });

  test('a generator that throws ends the iterable with its error, after the items before it', async () => {
    const { api } = await plain();
    const items: number[] = [];
    const error = await rejection(
      (async () => {
        for await (const item of api.failsLater.subscribe()) items.push(item);
      })(),
    );
    expect(items).toEqual([1]);
    expect(error.data).toMatchObject({ code: 'FORBIDDEN' });
  });

  test('in production neither the text nor the stack of an unforeseen error leaves the server', async () => {
    const hidden = initTRPC.create({ isDev: false });
    const routes = hidden.router({
      crash: hidden.procedure.query(() => {
        throw new Error('password=hunter2');
      }),
    });
    const server = dock.keep(await serve({ router: routes, ...here, onError: () => {} }));
    const api = createClient<typeof routes>(dock.keep(connect({ url: server.url })));
    const error = await rejection(api.crash.query());
    expect(error.data).toMatchObject({ code: 'INTERNAL_SERVER_ERROR', httpStatus: 500 });
    expect(JSON.stringify([error.shape, error.message])).not.toMatch(/hunter2|stack/);
  });

  test('a result that cannot be serialised is an error of that call alone', async () => {
    const { api } = await plain();
    const [error, greeting] = await Promise.all([
      rejection(api.circular.query()),
      api.greet.query({ name: 'D' }),
    ]);
    expect(error.data).toMatchObject({ code: 'INTERNAL_SERVER_ERROR' });
    expect(greeting).toBe('hi D');
  });

  test('an input that cannot be serialised fails that call alone, and it did not run', async () => {
    const { api } = await plain();
    const bad = { name: 1n } as unknown as { name: string };
    const [fault, greeting] = await Promise.all([
      faultOf(api.greet.query(bad)),
      api.greet.query({ name: 'E' }),
    ]);
    expect(fault).toMatchObject({ code: 'unserialisable', outcome: 'not-run' });
    expect(greeting).toBe('hi E');
  });

  test('an answer, an item or an error over the limit is PAYLOAD_TOO_LARGE for that call alone', async () => {
    const big = t.router({
      answer: t.procedure.query(() => 'x'.repeat(20_000)),
      items: t.procedure.subscription(async function* () {
        yield 'small';
        yield 'x'.repeat(20_000);
      }),
      error: t.procedure.query(() => {
        throw new TRPCError({ code: 'CONFLICT', message: 'x'.repeat(20_000) });
      }),
      small: t.procedure.query(() => 'small'),
    });
    const options = { limits: { messageBytes: 16_384 }, onError: () => {} };
    const server = dock.keep(await serve({ router: big, ...here, ...options }));
    const api = createClient<typeof big>(dock.keep(connect({ url: server.url })));
    const loop = (async () => {
      for await (const item of api.items.subscribe()) expect(item).toBe('small');
    })();
    for (const call of [api.answer.query(), loop, api.error.query()]) {
      expect((await rejection(call)).data).toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
    }
    expect(await api.small.query()).toBe('small');
    expect(server.sessions).toBe(1);
  });

  test('the server’s `onError` is told the error, its path, its type and its input', async () => {
    const onError = vi.fn();
    const server = dock.keep(await serve({ router, ...here, onError }));
    const api = createClient<typeof router>(dock.keep(connect({ url: server.url })));
    await rejection(api.crash.query());
    expect(onError).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ type: 'query', path: 'crash', input: undefined }),
    );
    expect(onError.mock.lastCall?.[0]).toHaveProperty('error.message', 'password=hunter2');
  });

  test('without `onError`, internal errors go to the console and others do not', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const server = dock.keep(await serve({ router, ...here }));
    const api = createClient<typeof router>(dock.keep(connect({ url: server.url })));
    await rejection(api.refuse.query());
    expect(log).not.toHaveBeenCalled();
    await rejection(api.crash.query());
    expect(log).toHaveBeenCalledOnce();
    log.mockRestore();
  });
});

describe('a transformer', () => {
  const s = initTRPC.create({ transformer: superjson });
  const routes = s.router({
    echo: s.procedure
      .input(z.object({ at: z.date(), tags: z.map(z.string(), z.set(z.number())) }))
      .query(({ input }) => input),
    days: s.procedure.input(z.date()).subscription(async function* ({ input }) {
      yield tracked('1', new Date(input.getTime() + 1));
      yield new Map([['at', input]]);
    }),
    refuse: s.procedure.query(() => {
      throw new TRPCError({ code: 'CONFLICT', message: 'Taken' });
    }),
  });

  async function open() {
    const server = dock.keep(await serve({ router: routes, ...here, onError: () => {} }));
    return createClient<typeof routes>(dock.keep(connect({ url: server.url })), { transformer: superjson });
  }

  test('carries dates, maps and sets there and back', async () => {
    const api = await open();
    const value = { at: new Date(86_400_000), tags: new Map([['a', new Set([1, 2])]]) };
    expect(await api.echo.query(value)).toEqual(value);
  });

  test('carries items, tracked or not', async () => {
    const api = await open();
    const items: unknown[] = [];
    for await (const item of api.days.subscribe(new Date(0))) items.push(item);
    expect(items).toEqual([{ id: '1', data: new Date(1) }, new Map([['at', new Date(0)]])]);
  });

  test('carries error shapes', async () => {
    const api = await open();
    const error = await rejection(api.refuse.query());
    expect(error.message).toBe('Taken');
    expect(error.data).toMatchObject({ code: 'CONFLICT', httpStatus: 409 });
  });
});
