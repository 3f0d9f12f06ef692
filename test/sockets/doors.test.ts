import { once } from 'node:events';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { connect as connectTcp } from 'node:net';
import process from 'node:process';
import { promisify } from 'node:util';
import { serve } from '@hawser/adapter-node';
import { connect, createClient } from '@hawser/client';
import { initTRPC } from '@trpc/server';
import { describe, expect, test, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import { eventually, here, openDock, reaches } from './dock.ts';
import { RawSocket, subprotocol, upgrade } from './raw-socket.ts';

const dock = openDock();

const t = initTRPC.create();
const router = t.router({
  ping: t.procedure.query(() => 'pong'),
  length: t.procedure.input((value) => String(value)).query(({ input }) => input.length),
});

async function statusFrom(
  origin: string | undefined,
  rule?: Parameters<typeof serve>[0]['origin'],
): Promise<number> {
  const server = dock.keep(await serve({ router, ...here, ...(rule && { origin: rule }) }));
  const headers = origin === undefined ? {} : { origin: origin.replace('HOST', new URL(server.url).host) };
  return (await upgrade(server.url, { headers })).status;
}

describe('the origin of a page', () => {
  test.each([
    ['no page at all', undefined, 101],
    ['a page of the same host', 'http://HOST', 101],
    ['a page of the same host over TLS', 'https://HOST', 101],
    ['a page of another host', 'https://evil.example', 403],
    ['a page of the same name on another port', 'http://127.0.0.1:1', 403],
    ['a page whose host only starts alike', 'http://HOST.evil.example', 403],
    ['a sandboxed page', 'null', 403],
    ['something that is no origin', 'what?', 403],
  ])('by default: %s', async (_, origin, status) => {
    expect(await statusFrom(origin)).toBe(status);
  });

  test.each([
    ['in it', 'https://app.example', 101],
    ['not in it', 'https://evil.example', 403],
    ['of the same host, but not in it', 'http://HOST', 403],
    ['no page at all', undefined, 101],
  ])('with a list: %s', async (_, origin, status) => {
    expect(await statusFrom(origin, ['https://app.example'])).toBe(status);
  });

  test.each([
    ['that it likes', 'https://app.example', 101],
    ['that it does not like', 'https://evil.example', 403],
  ])('with a function: one %s', async (_, origin, status) => {
    expect(await statusFrom(origin, (it) => it.endsWith('//app.example'))).toBe(status);
  });

  test('a function gets the request', async () => {
    const rule = vi.fn(
      (_: string, req: { headers: { host?: string | undefined } }) => req.headers.host !== undefined,
    );
    expect(await statusFrom('https://app.example', rule)).toBe(101);
    expect(rule).toHaveBeenCalledExactlyOnceWith('https://app.example', expect.anything());
  });

  test('a function that throws, or promises, lets nobody in', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const throws = () => {
      throw new Error('A rule threw');
    };
    expect(await statusFrom('https://app.example', throws)).toBe(403);
    expect(log).toHaveBeenCalledOnce();
    expect(await statusFrom('https://app.example', (async () => false) as never)).toBe(403);
    log.mockRestore();
  });
});

describe('an upgrade on a server of its own', () => {
  test.each([[[]], [['graphql-transport-ws']], [['hawser.2', 'hawser.10']]])(
    'that offers %j is answered with 400',
    async (protocols) => {
      const server = dock.keep(await serve({ router, ...here }));
      const { status, text } = await upgrade(server.url, {}, protocols);
      expect(status).toBe(400);
      expect(text).toContain(subprotocol);
    },
  );

  test('that offers others too is given ours', async () => {
    const server = dock.keep(await serve({ router, ...here }));
    const socket = await new RawSocket(server.url, {}, ['other', subprotocol]).open();
    expect(socket.ws.protocol).toBe(subprotocol);
    socket.close();
  });

  test('on an unknown path is answered with 404, and its socket is closed', async () => {
    const server = dock.keep(await serve({ router, ...here, path: '/rpc' }));
    const url = new URL(server.url);
    for (const path of ['/', '/rpc/', '/rpc/deeper', '/RPC']) {
      url.pathname = path;
      expect(await upgrade(url.href)).toMatchObject({ status: 404 });
    }
    const tcp = await rawUpgrade(server.port, '/nowhere');
    await once(tcp.resume(), 'close');
  });

  test('on the path with a query string is let in', async () => {
    const server = dock.keep(await serve({ router, ...here, path: '/rpc' }));
    expect(server.url).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/rpc$/);
    expect(await upgrade(`${server.url}?a=1`)).toMatchObject({ status: 101 });
  });

  test('a plain request is answered with 404', async () => {
    const server = dock.keep(await serve({ router, ...here }));
    const response = await fetch(server.url.replace('ws', 'http'), { headers: { connection: 'close' } });
    expect(response.status).toBe(404);
  });

  test.each(['/rpc', '/nowhere'])('that is garbage from then on, on %s, harms nobody', async (path) => {
    const server = dock.keep(await serve({ router, ...here, path: '/rpc' }));
    const tcp = await rawUpgrade(server.port, path);
    tcp.on('error', () => {});
    tcp.resume().write(Buffer.from('ffffffffffffffffffffffffffff', 'hex'));
    await once(tcp, 'close');
    const api = createClient<typeof router>(dock.keep(connect({ url: server.url })));
    expect(await api.ping.query()).toBe('pong');
  });
});

describe('beside an HTTP server that exists', () => {
  test('plain requests and the upgrades of others keep working', async () => {
    const http = await listen();
    const other = otherUpgrades(http, '/other');
    const server = dock.keep(await serve({ router, server: http, path: '/rpc' }));
    const api = createClient<typeof router>(dock.keep(connect({ url: `${base(http)}/rpc` })));
    expect(await api.ping.query()).toBe('pong');
    expect(await upgrade(`${base(http)}/other`, {}, [])).toMatchObject({ status: 101 });
    const page = await fetch(`${base(http).replace('ws', 'http')}/rpc`, { headers: { connection: 'close' } });
    expect(await page.text()).toBe('a page');
    expect(other.connections).toBe(1);
    expect(server.port).toBe((http.address() as AddressInfo).port);
  });

  test('an unmatched path is closed when nobody else listens for upgrades', async () => {
    const http = await listen();
    dock.keep(await serve({ router, server: http, path: '/rpc' }));
    expect(await upgrade(`${base(http)}/nowhere`)).toMatchObject({ status: 404 });
  });

  test('an unmatched path is closed when only other Hawser servers listen for upgrades', async () => {
    const http = await listen();
    for (const path of ['/a', '/b']) dock.keep(await serve({ router, server: http, path, handshakeMs: 20 }));
    expect(await upgrade(`${base(http)}/b`)).toMatchObject({ status: 101 });
    const tcp = await rawUpgrade((http.address() as AddressInfo).port, '/nowhere');
    const text = new Promise<string>((resolve) => tcp.once('data', (data) => resolve(String(data))));
    expect(await text).toMatch(/^HTTP\/1.1 404 /);
    await once(tcp, 'close');
  });

  test('an unmatched path that is reset is no crash, although nobody took it', async () => {
    const http = await listen();
    dock.keep(await serve({ router, server: http, path: '/rpc' }));
    // As an application's own listener does that serves another path.
    const upgrades = once(http, 'upgrade');
    http.on('upgrade', () => {});
    const crashes = vi.fn();
    process.on('uncaughtExceptionMonitor', crashes);
    const tcp = await rawUpgrade((http.address() as AddressInfo).port, '/nowhere');
    const [, left] = (await upgrades) as [unknown, Socket];
    tcp.resetAndDestroy();
    await eventually(() => expect(left.destroyed).toBe(true));
    process.off('uncaughtExceptionMonitor', crashes);
    expect(crashes).not.toHaveBeenCalled();
  });

  test('closing it lets go of the HTTP server, which goes on', async () => {
    const http = await listen();
    const server = await serve({ router, server: http, path: '/rpc' });
    const connection = dock.keep(connect({ url: `${base(http)}/rpc` }));
    await reaches(connection, 'open');
    await server.close();
    expect(await promisify(http.getConnections.bind(http))()).toBe(0);
    expect(http.listenerCount('upgrade')).toBe(0);
    expect(http.listening).toBe(true);
    const again = dock.keep(await serve({ router, server: http, path: '/rpc' }));
    expect(await createClient<typeof router>(connection).ping.query()).toBe('pong');
    expect(again.sessions).toBe(1);
  });
});

describe('a socket that was let in', () => {
  test('and does not say hello in time is told so and closed', async () => {
    const server = dock.keep(await serve({ router, ...here, handshakeMs: 20 }));
    const socket = await new RawSocket(server.url).open();
    expect(await socket.closed).toEqual({ code: 4408, reason: 'handshake-timeout' });
    expect(socket.frames).toEqual(['["bye","handshake-timeout"]']);
  });

  test.each([
    ['before its hello', false],
    ['after it', true],
  ])('and sends an oversized frame %s is closed, and the others live', async (_, greets) => {
    const server = dock.keep(await serve({ router, ...here, limits: { messageBytes: 16_384 } }));
    const api = createClient<typeof router>(dock.keep(connect({ url: server.url })));
    const socket = await new RawSocket(server.url).open();
    if (greets) expect(await socket.greet()).toMatch(/^\["welcome"/);
    socket.ws.send(`[[1,1,"length","${'x'.repeat(90_000)}"]]`);
    expect([1009, 4413]).toContain((await socket.closed).code);
    expect(await api.ping.query()).toBe('pong');
    await eventually(() => expect(server.sessions).toBe(1));
  });

  test.each([
    ['text that is no JSON', 'hello'],
    ['bytes', Buffer.from([1, 2, 3])],
    ['an empty frame', ''],
    ['a deep nest', '['.repeat(50_000)],
    ['the number of a prototype', '["__proto__"]'],
  ])('and sends %s is closed, and the others live', async (_, garbage) => {
    const server = dock.keep(await serve({ router, ...here }));
    const api = createClient<typeof router>(dock.keep(connect({ url: server.url })));
    for (const greets of [false, true]) {
      const socket = await new RawSocket(server.url).open();
      if (greets) await socket.greet();
      socket.ws.send(garbage);
      expect((await socket.closed).code).toBe(4420);
    }
    expect(await api.ping.query()).toBe('pong');
  });

  test('a call over the announced limit fails at the caller, `not-run`, and one of that size passes', async () => {
    const server = dock.keep(await serve({ router, ...here, limits: { messageBytes: 16_384 } }));
    const connection = dock.keep(connect({ url: server.url }));
    await reaches(connection, 'open');
    const api = createClient<typeof router>(connection);
    expect(await api.length.query('x'.repeat(16_000))).toBe(16_000);
    await expect(api.length.query('x'.repeat(16_400))).rejects.toMatchObject({
      cause: { code: 'too-large', outcome: 'not-run' },
    });
    expect(await api.ping.query()).toBe('pong');
  });
});

/** An HTTP server that answers every request with a page; closed after the test. */
async function listen(): Promise<Server> {
  const http = createServer((_, res) => res.end('a page'));
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  dock.keep({
    close: () => {
      http.close();
      http.closeAllConnections();
    },
  });
  return http;
}

function base(http: Server): string {
  return `ws://127.0.0.1:${(http.address() as AddressInfo).port}`;
}

/** Another WebSocket server on the same HTTP server, as applications have it. */
function otherUpgrades(http: Server, path: string): { connections: number } {
  const count = { connections: 0 };
  const wss = dock.keep(new WebSocketServer({ noServer: true }));
  http.on('upgrade', (req, socket, head) => {
    if (req.url !== path) return;
    wss.handleUpgrade(req, socket, head, () => {
      count.connections++;
    });
  });
  return count;
}

/** A TCP connection that has asked for an upgrade, and says nothing more. */
async function rawUpgrade(port: number, path: string): Promise<Socket> {
  const tcp = connectTcp(port, '127.0.0.1');
  dock.keep({ close: () => tcp.destroy() });
  await once(tcp, 'connect');
  const lines = [
    `GET ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
    `Sec-WebSocket-Protocol: ${subprotocol}`,
  ];
  tcp.write(`${lines.join('\r\n')}\r\n\r\n`);
  return tcp;
}
