import { once } from 'node:events';
import { createServer } from 'node:net';
import { serve } from '@hawser/adapter-node';
import { connect, createClient } from '@hawser/client';
import { initTRPC } from '@trpc/server';
import { describe, expect, test } from 'vitest';
import { eventually, here, openDock, reaches } from './dock.ts';
import { Gate } from './gate.ts';
import { RawSocket, upgrade } from './raw-socket.ts';
import { faultOf } from './rejection.ts';
import { TcpProxy } from './tcp-proxy.ts';
import { waiting } from './waiting-handlers.ts';

const dock = openDock();

async function open() {
  const handlers = waiting();
  const server = dock.keep(await serve({ router: handlers.router, ...here }));
  const connection = dock.keep(connect({ url: server.url, onError: () => {} }));
  await reaches(connection, 'open');
  return { ...handlers, server, connection, api: createClient<typeof handlers.router>(connection) };
}

describe('serve', () => {
  test('rejects on a port that is in use', async () => {
    const { router } = waiting();
    const first = dock.keep(await serve({ router, ...here }));
    await expect(serve({ router, ...here, port: first.port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  test.each([
    { limits: { calls: 0 } },
    { limits: { messageBytes: Number.NaN } },
    { limits: { windowBytes: 1000 } },
    { limits: { keptBytes: 0 } },
    { limits: { absentSessions: -1 } },
    { windowMs: -1 },
    { windowMs: Number.POSITIVE_INFINITY },
    { windowMs: 0.5 },
    { heartbeatMs: -1 },
    { handshakeMs: Number.POSITIVE_INFINITY },
  ])('rejects %j, which bounds nothing', async (options) => {
    await expect(serve({ router: waiting().router, ...here, ...options })).rejects.toThrow(RangeError);
  });

  test('without a host gives a URL that works on this machine', async () => {
    const { router } = waiting();
    const server = dock.keep(await serve({ router, port: 0 }));
    expect(server.url).toBe(`ws://localhost:${server.port}`);
    const api = createClient<typeof router>(dock.keep(connect({ url: server.url })));
    expect(await api.ping.query()).toBe('pong');
  });

  test('gives the URL that clients connect to', async () => {
    const { router } = waiting();
    const server = dock.keep(await serve({ router, port: 0, host: '::1', path: '/rpc' }));
    expect(server.url).toBe(`ws://[::1]:${server.port}/rpc`);
    const api = createClient<typeof router>(dock.keep(connect({ url: server.url })));
    expect(await api.ping.query()).toBe('pong');
  });
});

describe('closing a server', () => {
  test('aborts its handlers, tells its clients, and leaves the port free at once', async () => {
    const { api, server, connection, running, aborted } = await open();
    const { port } = server;
    const fault = faultOf(api.mutation.mutate());
    void api.query.query().catch(() => {});
    api.subscription.subscribe(undefined, { onData: () => {}, onError: () => {} });
    await eventually(() => expect(running).toHaveLength(3));
    await server.close();
    expect(aborted.sort()).toEqual(['mutation', 'query', 'subscription']);
    expect(await fault).toMatchObject({ code: 'session-lost', reason: 'going-away', outcome: 'unknown' });
    expect(server.sessions).toBe(0);
    expect(connection.state).not.toBe('open');
    const next = createServer().listen(port, here.host);
    await once(next, 'listening');
    next.close();
    await once(next, 'close');
  });

  test('sends its clients to the next server on that port', async () => {
    const { api, server, connection, router } = await open();
    const { port } = server;
    const waits = reaches(connection, 'waiting');
    await server.close();
    expect(await waits).toMatchObject({ reason: 'going-away', retryAt: expect.any(Number) });
    const next = dock.keep(await serve({ router, ...here, port }));
    expect(await api.ping.query()).toBe('pong');
    expect(next.sessions).toBe(1);
  });

  test('twice is once: the same promise, and no error', async () => {
    const { server } = await open();
    const first = server.close();
    expect(server.close()).toBe(first);
    await first;
    await server.close();
  });

  test('does not wait for handlers that ignore their signal', async () => {
    const { api, server, running } = await open();
    const fault = faultOf(api.stubborn.query(undefined, { timeoutMs: 10_000 }));
    fault.catch(() => {});
    await eventually(() => expect(running).toEqual(['stubborn']));
    await server.close();
  });

  test('closes sockets that are still introducing themselves', async () => {
    const ready = new Gate();
    const t = initTRPC.create();
    const router = t.router({ ping: t.procedure.query(() => 'pong') });
    const server = dock.keep(
      await serve({ router, ...here, createContext: () => ready.passed.then(() => ({})) }),
    );
    const silent = await new RawSocket(server.url).open();
    const greeting = dock.keep(connect({ url: server.url }));
    await eventually(() => expect(server.sessions).toBe(1));
    await server.close();
    expect(await silent.closed).toEqual({ code: 1001, reason: 'going-away' });
    expect(await reaches(greeting, 'waiting')).toMatchObject({ reason: 'going-away' });
    ready.open();
  });

  test('does not wait for ever for a client that is half-open', async () => {
    const { router } = waiting();
    const server = dock.keep(await serve({ router, ...here }));
    const proxy = dock.keep(await TcpProxy.to(server.port));
    await reaches(dock.keep(connect({ url: proxy.url })), 'open');
    proxy.swallow();
    await server.close();
    expect(server.sessions).toBe(0);
  });

  test('beside an HTTP server turns new sockets away meanwhile, and none gets in', async () => {
    const { server } = await open();
    const { url } = server;
    const closing = server.close();
    const attempt = upgrade(url).catch((error: Error) => error);
    await closing;
    expect(await attempt).not.toMatchObject({ status: 101 });
  });
});
