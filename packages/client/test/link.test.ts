import { getEventListeners } from 'node:events';
import { serve } from '@hawser/adapter-node';
import { connect, hawserErrorOf, outcomeOf } from '@hawser/client';
import { hawserLink } from '@hawser/client/trpc';
import { createTRPCClient, TRPCClientError } from '@trpc/client';
import superjson from 'superjson';
import { describe, expect, test } from 'vitest';
import { eventually, here, openDock, reaches } from '../../../test/sockets/dock.ts';
import { Gate } from '../../../test/sockets/gate.ts';
import type { Router } from './linked-client.ts';
import { forgottenClient, linkedClient, rejected, watchedRouter } from './linked-client.ts';

const dock = openDock();

describe('tRPC’s client over the link', () => {
  test('makes queries and mutations, through the transformer', async () => {
    const { client } = await linkedClient(dock);
    expect(await client.tomorrow.query(new Date(0))).toEqual(new Date(86_400_000));
    expect(await client.nothing.mutate()).toBeUndefined();
  });

  test('rejects with the server’s error as tRPC’s own links do', async () => {
    const { client } = await linkedClient(dock);
    const error = await rejected(client.refuse.mutate());
    expect(error).toBeInstanceOf(TRPCClientError);
    expect(error.message).toBe('Taken');
    expect(error.data).toMatchObject({ code: 'CONFLICT', httpStatus: 409, path: 'refuse' });
    expect(error.shape).toMatchObject({ code: -32009 });
    expect(outcomeOf(error)).toBeUndefined();
  });

  test('an abort rejects at once with its reason, and fires the handler’s signal', async () => {
    const { client, running, aborted } = await linkedClient(dock);
    const controller = new AbortController();
    const call = rejected(client.hold.query(undefined, { signal: controller.signal }));
    await running;
    const reason = new Error('The user went away');
    controller.abort(reason);
    expect(hawserErrorOf(await call)).toMatchObject({ code: 'aborted', outcome: 'unknown', cause: reason });
    await aborted;
  });

  test('an abort before the call rejects it', async () => {
    const { client, live } = await linkedClient(dock);
    const call = rejected(client.hold.query(undefined, { signal: AbortSignal.abort() }));
    expect(hawserErrorOf(await call)).toMatchObject({ code: 'aborted', outcome: 'not-run' });
    expect(live.started).toBe(0);
  });

  test('an input that cannot be serialised rejects that call alone', async () => {
    const { client } = await linkedClient(dock);
    const hostile = new Date(0);
    hostile.toISOString = () => {
      throw new Error('Not today');
    };
    const [error, tomorrow] = await Promise.all([
      rejected(client.tomorrow.query(hostile)),
      client.tomorrow.query(new Date(0)),
    ]);
    expect(hawserErrorOf(error)).toMatchObject({ code: 'unserialisable', outcome: 'not-run' });
    expect(tomorrow).toEqual(new Date(86_400_000));
  });

  test('a closed connection rejects calls and ends subscriptions', async () => {
    const { client, connection } = await linkedClient(dock);
    await connection.close();
    expect(hawserErrorOf(await rejected(client.nothing.mutate()))).toMatchObject({ code: 'closed' });
    const told = new Gate<unknown>();
    client.watch.subscribe(undefined, { onError: (error) => told.open(error) });
    expect(hawserErrorOf(await told.passed)).toMatchObject({ code: 'closed', outcome: 'not-run' });
  });
});

describe('a mutation over the link whose session is lost', () => {
  test('rejects with outcome `unknown`', async () => {
    const { client, proxy, running, live } = await forgottenClient(dock);
    const call = rejected(client.secondTime.mutate());
    await running;
    proxy.cut();
    expect(hawserErrorOf(await call)).toMatchObject({ code: 'session-lost', outcome: 'unknown' });
    expect(live.started).toBe(1);
  });

  test('is made again once if its context says that it is idempotent', async () => {
    const { client, proxy, running } = await forgottenClient(dock);
    const answer = client.secondTime.mutate(undefined, { context: { idempotent: true } });
    await running;
    proxy.cut();
    expect(await answer).toBe(2);
  });
});

describe('a subscription over the link', () => {
  test('tells pending, started, each item, stopped and complete', async () => {
    const { client } = await linkedClient(dock);
    const told: unknown[] = [];
    await new Promise<void>((resolve) => {
      client.days.subscribe(2, {
        onConnectionStateChange: ({ state }) => told.push(state),
        onStarted: () => told.push('started'),
        onData: (item) => told.push(item),
        onStopped: () => told.push('stopped'),
        onComplete: resolve,
      });
    });
    expect(told).toEqual(['pending', 'started', new Date(0), new Date(1), 'stopped']);
  });

  test('without callbacks is an async iterable', async () => {
    const { client } = await linkedClient(dock);
    const items: Date[] = [];
    for await (const item of client.days.subscribe(3)) items.push(item);
    expect(items).toEqual([new Date(0), new Date(1), new Date(2)]);
  });

  test('`break` in the loop ends it at the server', async () => {
    const { client, live } = await linkedClient(dock);
    for await (const _ of client.watch.subscribe()) break;
    await eventually(() => expect(live).toEqual({ started: 1, now: 0 }));
  });

  test('an abort of the loop’s signal ends it at the server', async () => {
    const { client, live } = await linkedClient(dock);
    const controller = new AbortController();
    const loop = (async () => {
      for await (const _ of client.watch.subscribe(undefined, { signal: controller.signal }))
        controller.abort();
    })();
    await loop.catch(() => {});
    await eventually(() => expect(live).toEqual({ started: 1, now: 0 }));
  });

  test('a signal that is aborted already completes it, and nothing starts', async () => {
    const { client, live } = await linkedClient(dock);
    const told: unknown[] = [];
    client.watch.subscribe(undefined, {
      signal: AbortSignal.abort(),
      onStarted: () => told.push('started'),
      onStopped: () => told.push('stopped'),
      onError: (error) => told.push(error),
      onComplete: () => told.push('complete'),
    });
    await client.nothing.mutate();
    expect([told, live.started]).toEqual([['complete'], 0]);
  });

  test('an abort completes it', async () => {
    const { client, live } = await linkedClient(dock);
    const controller = new AbortController();
    const told: unknown[] = [];
    client.watch.subscribe(undefined, {
      signal: controller.signal,
      onStarted: () => controller.abort(),
      onStopped: () => told.push('stopped'),
      onError: (error) => told.push(error),
      onComplete: () => told.push('complete'),
    });
    await eventually(() => expect([told, live.now]).toEqual([['complete'], 0]));
  });

  test('`unsubscribe` ends it at the server and tells `onComplete`, and nothing else', async () => {
    const { client, live } = await linkedClient(dock);
    const told: unknown[] = [];
    const subscription = client.watch.subscribe(undefined, {
      onData: (item) => told.push(item),
      onStopped: () => told.push('stopped'),
      onError: (error) => told.push(error),
      onComplete: () => told.push('complete'),
    });
    await eventually(() => expect(told).toHaveLength(2));
    subscription.unsubscribe();
    await eventually(() => expect(live).toEqual({ started: 1, now: 0 }));
    expect(told).toEqual([{ id: '1', data: { at: new Date(1) } }, 'untracked', 'complete']);
  });

  test('an error of the generator is told to `onError`, after the items before it', async () => {
    const { client } = await linkedClient(dock);
    const items: number[] = [];
    const error = await new Promise<TRPCClientError<Router>>((resolve) => {
      client.failing.subscribe(undefined, { onData: (item) => items.push(item), onError: resolve });
    });
    expect(items).toEqual([1]);
    expect(error.data).toMatchObject({ code: 'FORBIDDEN' });
  });

  test('goes on over a drop that its session survives: no `started`, nothing twice', async () => {
    const { client, connection, proxy, cursors, live } = await linkedClient(dock);
    const told: unknown[] = [];
    client.watch.subscribe(undefined, {
      onStarted: () => told.push('started'),
      onData: (item) => told.push(item),
      onError: (error) => told.push(error),
    });
    await eventually(() => expect(told).toHaveLength(3));
    proxy.cut();
    await reaches(connection, 'waiting');
    await reaches(connection, 'open');
    expect(await client.nothing.mutate()).toBeUndefined();
    expect([told.length, cursors, live.started, proxy.dials]).toEqual([3, [undefined], 1, 2]);
  });

  test('goes on over a lost session from its last tracked id, and is told `started` again', async () => {
    const { client, proxy, cursors } = await forgottenClient(dock);
    const told: unknown[] = [];
    client.watch.subscribe(undefined, {
      onStarted: () => told.push('started'),
      onData: (item) => told.push(item),
      onError: (error) => told.push(error),
    });
    await eventually(() => expect(told).toHaveLength(3));
    proxy.cut();
    await eventually(() => expect(told).toHaveLength(6));
    const [first, second] = [1, 2].map((id) => ({ id: String(id), data: { at: new Date(id) } }));
    expect(told).toEqual(['started', first, 'untracked', 'started', second, 'untracked']);
    expect(cursors).toEqual([undefined, '1']);
  });

  test('is told `connecting` once the server is away for longer, then `pending` and `started`', async () => {
    const { client, proxy } = await linkedClient(dock);
    const told: string[] = [];
    client.watch.subscribe(undefined, {
      onConnectionStateChange: ({ state, error }) => told.push(error ? `${state}: ${error.message}` : state),
      onStarted: () => told.push('started'),
    });
    await eventually(() => expect(told).toEqual(['pending', 'started']));
    proxy.refuse();
    await eventually(() => expect(told).toHaveLength(3));
    proxy.accept();
    await eventually(() => expect(told).toHaveLength(5));
    expect(told.slice(2)).toEqual([expect.stringMatching(/^connecting: /), 'pending', 'started']);
  });

  test('that throws in a callback ends with an error, and the connection lives', async () => {
    const { client, live } = await linkedClient(dock);
    const told = new Gate<unknown>();
    client.watch.subscribe(undefined, {
      onData: () => {
        throw new Error('A callback threw');
      },
      onError: (error) => told.open(error),
    });
    await told.passed;
    await eventually(() => expect(live.now).toBe(0));
    expect(await client.nothing.mutate()).toBeUndefined();
  });
});

test('a connection state callback that throws is told to the connection’s `onError`, and the subscription lives', async () => {
  const { router } = watchedRouter();
  const server = dock.keep(await serve({ router, ...here }));
  const reported: unknown[] = [];
  const onError = (error: unknown): void => void reported.push(error);
  const connection = dock.keep(connect({ url: server.url, onError }));
  const client = createTRPCClient<Router>({ links: [hawserLink({ connection, transformer: superjson })] });
  const items: unknown[] = [];
  const boom = new Error('A callback threw');
  const subscription = client.watch.subscribe(undefined, {
    onConnectionStateChange: () => {
      throw boom;
    },
    onData: (item) => items.push(item),
  });
  await eventually(() => expect(items).toHaveLength(2));
  expect(reported).toEqual([boom, boom]);
  subscription.unsubscribe();
});

test('calls and subscriptions over the link leave no listener on their signal', async () => {
  const { client } = await linkedClient(dock);
  const { signal } = new AbortController();
  await client.nothing.mutate(undefined, { signal });
  for await (const _ of client.days.subscribe(1, { signal }));
  client.watch.subscribe(undefined, { signal, onData: () => {} }).unsubscribe();
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});
