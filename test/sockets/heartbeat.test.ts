import { serve } from '@hawser/adapter-node';
import { connect, createClient } from '@hawser/client';
import { initTRPC } from '@trpc/server';
import { expect, test } from 'vitest';
import { eventually, here, openDock, reaches } from './dock.ts';
import { fired, Gate } from './gate.ts';
import { tapped } from './tap.ts';
import { TcpProxy } from './tcp-proxy.ts';

const dock = openDock();

async function open({ windowMs = 120_000 } = {}) {
  const t = initTRPC.create();
  const aborted = new Gate<string>();
  const router = t.router({
    ping: t.procedure.query(() => 'pong'),
    hold: t.procedure.subscription(async function* ({ signal }) {
      yield 1;
      aborted.open(String(await fired(signal)));
    }),
  });
  const server = dock.keep(await serve({ router, ...here, windowMs, heartbeatMs: 40 }));
  const proxy = dock.keep(await TcpProxy.to(server.port));
  const { WebSocket, ...heard } = tapped((frame) => /^\["p[io]ng"/.test(frame));
  const connection = dock.keep(connect({ url: proxy.url, WebSocket, onError: () => {} }));
  await reaches(connection, 'open');
  const api = createClient<typeof router>(connection);
  return { api, server, proxy, connection, heard, aborted: aborted.passed };
}

test('both ends find a half-open socket: the client is back on another, the handlers there are told', async () => {
  const { api, server, proxy, connection, aborted } = await open({ windowMs: 0 });
  const first = new Gate();
  const gaps: string[] = [];
  api.hold.subscribe(undefined, { onData: () => first.open(), onGap: ({ reason }) => gaps.push(reason) });
  await first.passed;
  proxy.swallow();
  // Asked while nobody knows yet: it went into the void, and is sent again.
  const answer = api.ping.query();
  expect(await reaches(connection, 'waiting')).toMatchObject({ reason: 'dead' });
  expect(await answer).toBe('pong');
  await aborted;
  expect(gaps).toEqual(['dead']);
  await eventually(() => expect(server.sessions).toBe(1));
  expect(proxy.dials).toBe(2);
});

test('a silent line that is alive stays open: each ping is answered, in both directions', async () => {
  const { proxy, connection, heard } = await open();
  const states: string[] = [];
  connection.subscribe(({ state }) => states.push(state));
  const count = (frames: readonly string[], name: string): number =>
    frames.filter((frame) => frame.startsWith(`["${name}"`)).length;
  await eventually(() => {
    expect(count(heard.received, 'pong')).toBeGreaterThan(2);
    expect(count(heard.sent, 'pong')).toBeGreaterThan(2);
  });
  expect(count(heard.sent, 'ping') - count(heard.received, 'pong')).toBeOneOf([0, 1]);
  expect(count(heard.received, 'ping')).toBe(count(heard.sent, 'pong'));
  expect([states, proxy.dials]).toEqual([['open'], 1]);
});

test('`wake` finds a half-open socket within its short grace', async () => {
  const { connection, proxy } = await open();
  proxy.swallow();
  connection.wake();
  expect(await reaches(connection, 'waiting')).toMatchObject({ reason: 'dead' });
  await reaches(connection, 'open');
  expect(proxy.dials).toBe(2);
});
