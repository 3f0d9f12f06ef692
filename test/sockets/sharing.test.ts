import { serve } from '@hawser/adapter-node';
import { connect, createClient } from '@hawser/client';
import { hawserLink } from '@hawser/client/trpc';
import { createTRPCClient } from '@trpc/client';
import { initTRPC } from '@trpc/server';
import { expect, test } from 'vitest';
import { eventually, here, openDock, reaches } from './dock.ts';
import { fired } from './gate.ts';
import { TcpProxy } from './tcp-proxy.ts';

const dock = openDock();

type Router = ReturnType<typeof watchRouter>['router'];

function watchRouter() {
  const t = initTRPC.create();
  const live = { started: 0, now: 0 };
  const router = t.router({
    ping: t.procedure.query(() => 'pong'),
    watch: t.procedure.subscription(async function* ({ signal }) {
      live.started++;
      live.now++;
      try {
        yield 'here';
        await fired(signal);
      } finally {
        live.now--;
      }
    }),
  });
  return { router, live };
}

async function open() {
  const { router, live } = watchRouter();
  const server = dock.keep(await serve({ router, ...here }));
  const proxy = dock.keep(await TcpProxy.to(server.port));
  const connection = dock.keep(connect({ url: proxy.url, onError: () => {} }));
  return { server, proxy, connection, live, api: createClient<Router>(connection) };
}

test('a client and a link share one connection and one session', async () => {
  const { proxy, server, connection, api } = await open();
  const linked = createTRPCClient<Router>({ links: [hawserLink({ connection })] });
  expect(await Promise.all([api.ping.query(), linked.ping.query()])).toEqual(['pong', 'pong']);
  expect([proxy.dials, server.sessions]).toEqual([1, 1]);
});

test('whoever leaves a shared connection leaves it to the others', async () => {
  const { connection, api, live } = await open();
  const other = createClient<Router>(connection);
  const items: string[] = [];
  const mine = api.watch.subscribe(undefined, { onData: (item) => items.push(item) });
  const theirs = other.watch.subscribe(undefined, { onData: (item) => items.push(item) });
  await eventually(() => expect(items).toHaveLength(2));
  mine.unsubscribe();
  await eventually(() => expect(live.now).toBe(1));
  expect(await other.ping.query()).toBe('pong');
  theirs.unsubscribe();
  await eventually(() => expect(live.now).toBe(0));
  expect(connection.state).toBe('open');
});

test.each(['connecting', 'open'] as const)(
  'subscribe, unsubscribe, subscribe while %s leaves one subscription at the server, on one socket',
  async (state) => {
    const { connection, api, live, proxy } = await open();
    await reaches(connection, state);
    const items: string[] = [];
    const onData = (item: string) => void items.push(item);
    api.watch.subscribe(undefined, { onData }).unsubscribe();
    api.watch.subscribe(undefined, { onData });
    await eventually(() => expect(items).toEqual(['here']));
    await api.ping.query();
    expect(live).toEqual({ started: 1, now: 1 });
    expect(proxy.dials).toBe(1);
  },
);

test('subscribe and unsubscribe over turns of the loop leaves one subscription at the server', async () => {
  const { api, live } = await open();
  const first = api.watch.subscribe(undefined, { onData: () => {} });
  await eventually(() => expect(live.now).toBe(1));
  first.unsubscribe();
  const items: string[] = [];
  api.watch.subscribe(undefined, { onData: (item) => items.push(item) });
  await eventually(() => expect([items, live]).toEqual([['here'], { started: 2, now: 1 }]));
});

test('a closed connection never dials again, whatever is called on it', async () => {
  const { connection, api, proxy, server } = await open();
  await api.ping.query();
  await connection.close();
  await eventually(() => expect(server.sessions).toBe(0));
  connection.retry();
  connection.wake();
  await expect(api.ping.query()).rejects.toThrow('The connection was closed');
  proxy.cut();
  expect([connection.state, proxy.dials]).toEqual(['closed', 1]);
});

test('a connection that is closed while it waits for its next dial never makes it', async () => {
  const { connection, api, proxy } = await open();
  await api.ping.query();
  proxy.refuse();
  await reaches(connection, 'waiting');
  const { dials } = proxy;
  await connection.close();
  proxy.accept();
  // Another client's whole conversation passes meanwhile; the closed one's backoff was shorter than that.
  const other = dock.keep(connect({ url: proxy.url }));
  for (let i = 0; i < 200; i++) (await createClient(other)) && (await reaches(other, 'open'));
  expect([connection.state, proxy.dials]).toEqual(['closed', dials + 1]);
});

test('a connection that is closed while it dials leaves no socket behind', async () => {
  const { connection, server } = await open();
  expect(connection.state).toBe('connecting');
  await connection.close();
  expect(connection.state).toBe('closed');
  await eventually(() => expect(server.sessions).toBe(0));
});
