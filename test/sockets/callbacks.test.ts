import { serve } from '@hawser/adapter-node';
import { connect, createClient, hawserErrorOf } from '@hawser/client';
import { initTRPC } from '@trpc/server';
import { describe, expect, test, vi } from 'vitest';
import { eventually, here, openDock, reaches } from './dock.ts';
import { fired, Gate } from './gate.ts';
import { rejection } from './rejection.ts';

const dock = openDock();
const boom = new Error('A callback threw');
const throws = () => {
  throw boom;
};

const t = initTRPC.create();
const router = t.router({
  ping: t.procedure.query(() => 'pong'),
  crash: t.procedure.query(() => {
    throw new Error('crashed');
  }),
  three: t.procedure.subscription(async function* () {
    yield* [1, 2, 3];
  }),
  failing: t.procedure.subscription(async function* () {
    yield 1;
    throw new Error('crashed');
  }),
  endless: t.procedure.subscription(async function* ({ signal }) {
    yield 1;
    await fired(signal);
  }),
});

async function open() {
  const server = dock.keep(await serve({ router, ...here, onError: () => {} }));
  const reported: unknown[] = [];
  const onError = (error: unknown) => void reported.push(error);
  const connection = dock.keep(connect({ url: server.url, onError }));
  await reaches(connection, 'open');
  return { server, connection, reported, api: createClient<typeof router>(connection) };
}

describe('a callback of a subscription that throws', () => {
  test('`onData`: the subscription ends with code `callback`, the others and the connection live', async () => {
    const { api, server } = await open();
    const other: number[] = [];
    const done = new Gate();
    api.three.subscribe(undefined, { onData: (item) => other.push(item), onComplete: () => done.open() });
    const error = await new Promise<unknown>((resolve) => {
      api.endless.subscribe(undefined, { onData: throws, onError: resolve });
    });
    expect(hawserErrorOf(error)).toMatchObject({ code: 'callback', cause: boom });
    await done.passed;
    expect(other).toEqual([1, 2, 3]);
    expect(await api.ping.query()).toBe('pong');
    expect(server.sessions).toBe(1);
  });

  test('`onData` that rejects ends it likewise', async () => {
    const { api } = await open();
    const error = await new Promise<unknown>((resolve) => {
      api.endless.subscribe(undefined, { onData: () => Promise.reject(boom), onError: resolve });
    });
    expect(hawserErrorOf(error)).toMatchObject({ code: 'callback', cause: boom });
  });

  test('`onData` without `onError` is told to the connection’s `onError`', async () => {
    const { api, reported } = await open();
    api.endless.subscribe(undefined, { onData: throws });
    await eventually(() => expect(reported).toHaveLength(1));
    expect(hawserErrorOf(reported[0])).toMatchObject({ code: 'callback', cause: boom });
  });

  test('`onStarted`, `onStopped` and `onComplete`: told to the connection’s `onError`, all items arrive', async () => {
    const { api, reported } = await open();
    const items: number[] = [];
    api.three.subscribe(undefined, {
      onStarted: throws,
      onData: (item) => items.push(item),
      onStopped: throws,
      onComplete: throws,
    });
    await eventually(() => expect(reported).toEqual([boom, boom, boom]));
    expect(items).toEqual([1, 2, 3]);
    expect(await api.ping.query()).toBe('pong');
  });

  test('`onError`: told to the connection’s `onError`', async () => {
    const { api, reported } = await open();
    api.failing.subscribe(undefined, { onError: throws });
    await eventually(() => expect(reported).toEqual([boom]));
    expect(await api.ping.query()).toBe('pong');
  });

  test('`onGap` in a loop ends the loop with its error', async () => {
    const { api, connection, server } = await open();
    const loop = (async () => {
      for await (const _ of api.endless.subscribe(undefined, { onGap: throws })) {
        await server.close();
        await reaches(connection, 'waiting');
      }
    })();
    expect(hawserErrorOf(await rejection(loop))).toMatchObject({ code: 'callback', cause: boom });
  });
});

describe('a listener that throws', () => {
  test('of a connection: told to its `onError`, the other listeners and the connection live', async () => {
    const { connection, reported, api } = await open();
    const states: string[] = [];
    connection.subscribe(throws);
    connection.subscribe(({ state }) => states.push(state));
    expect(reported).toEqual([boom]);
    expect(await api.ping.query()).toBe('pong');
    await connection.close();
    expect(reported).toEqual([boom, boom]);
    expect(states).toEqual(['open', 'closed']);
  });

  test('even the connection’s `onError`: written to the console', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const { server } = await open();
    const connection = dock.keep(connect({ url: server.url, onError: throws }));
    connection.subscribe(() => {
      throw new Error('The first one');
    });
    expect(log).toHaveBeenCalledExactlyOnceWith(boom);
    expect(await createClient<typeof router>(connection).ping.query()).toBe('pong');
    await connection.close();
    log.mockRestore();
  });
});

describe('a callback of the server that throws', () => {
  test('`onError`: written to the console, the caller gets its answer', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const server = dock.keep(await serve({ router, ...here, onError: throws }));
    const api = createClient<typeof router>(dock.keep(connect({ url: server.url })));
    expect((await rejection(api.crash.query())).data).toMatchObject({ code: 'INTERNAL_SERVER_ERROR' });
    expect(await api.ping.query()).toBe('pong');
    expect(log).toHaveBeenCalledExactlyOnceWith(boom);
    log.mockRestore();
  });

  test('`errorFormatter`: the caller gets a plain internal error', async () => {
    const f = initTRPC.create({ errorFormatter: throws });
    const routes = f.router({
      ping: f.procedure.query(() => 'pong'),
      crash: f.procedure.query(() => {
        throw new Error('password=hunter2');
      }),
    });
    const server = dock.keep(await serve({ router: routes, ...here, onError: () => {} }));
    const api = createClient<typeof routes>(dock.keep(connect({ url: server.url })));
    const error = await rejection(api.crash.query());
    expect(error.data).toMatchObject({ code: 'INTERNAL_SERVER_ERROR' });
    expect(error.message).not.toContain('hunter2');
    expect(await api.ping.query()).toBe('pong');
  });

  test('a transformer’s serialize and deserialize: an error of that call alone', async () => {
    const picky = {
      serialize: (value: unknown) => (value === 'bad' ? throws() : value),
      deserialize: (value: unknown) => (value === 'unread' ? throws() : value),
    };
    const f = initTRPC.create({ transformer: picky });
    const routes = f.router({
      bad: f.procedure.query(() => 'bad'),
      ping: f.procedure.input((value) => value).query(() => 'pong'),
    });
    const server = dock.keep(await serve({ router: routes, ...here, onError: () => {} }));
    const transformer = { serialize: (value: unknown) => value, deserialize: (value: unknown) => value };
    const api = createClient<typeof routes>(dock.keep(connect({ url: server.url })), { transformer });
    const [bad, unread, pong] = await Promise.all([
      rejection(api.bad.query()),
      rejection(api.ping.query('unread')),
      api.ping.query('read'),
    ]);
    expect(bad.data).toMatchObject({ code: 'INTERNAL_SERVER_ERROR' });
    expect(unread.data).toMatchObject({ code: 'BAD_REQUEST' });
    expect(pong).toBe('pong');
  });
});

describe('a transformer of the client that throws', () => {
  test('at an answer rejects that call with `unreadable`, and at an item ends that subscription', async () => {
    const { connection } = await open();
    const transformer = { serialize: (value: unknown) => value, deserialize: throws };
    const broken = createClient(connection, { transformer }) as unknown as {
      ping: { query(): Promise<unknown> };
      three: { subscribe(): AsyncIterable<unknown> };
    };
    const loop = (async () => {
      for await (const _ of broken.three.subscribe());
    })();
    for (const call of [broken.ping.query(), loop]) {
      expect(hawserErrorOf(await rejection(call))).toMatchObject({ code: 'unreadable', cause: boom });
    }
    expect(await createClient<typeof router>(connection).ping.query()).toBe('pong');
  });
});
