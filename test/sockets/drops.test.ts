import type { HawserServer } from '@hawser/adapter-node';
import { serve } from '@hawser/adapter-node';
import type { Connection, Gap } from '@hawser/client';
import { connect, createClient } from '@hawser/client';
import { initTRPC, tracked } from '@trpc/server';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { eventually, here, openDock, reaches } from './dock.ts';
import { fired, Gate } from './gate.ts';
import { faultOf } from './rejection.ts';
import { TcpProxy } from './tcp-proxy.ts';

const dock = openDock();

const t = initTRPC.create();

/** A log that grows when a test says so, and the cursors that its subscriptions were asked for. */
function logRouter() {
  const cursors: (string | undefined)[] = [];
  const router = t.router({
    tracked: t.procedure
      .input(z.object({ lastEventId: z.string().optional() }).optional())
      .subscription(async function* ({ input, signal }) {
        cursors.push(input?.lastEventId);
        const from = Number(input?.lastEventId ?? 0);
        for (let id = from + 1; id <= from + 3; id++) yield tracked(String(id), id);
        yield 'untracked';
        await fired(signal);
      }),
    silent: t.procedure.input(z.object({ lastEventId: z.string() })).subscription(async function* ({
      input,
      signal,
    }) {
      cursors.push(input.lastEventId);
      await fired(signal);
      yield 'too late';
    }),
    untracked: t.procedure.subscription(async function* ({ signal }) {
      cursors.push(undefined);
      yield 'first';
      await fired(signal);
    }),
  });
  return { router, cursors };
}

/** Calls that count how often they ran, and wait for the test. */
function countingRouter() {
  const ran: string[] = [];
  const aborted: string[] = [];
  const release = new Gate();
  const wait = (name: string, signal: AbortSignal | undefined): Promise<string> => {
    ran.push(name);
    void fired(signal).then(() => aborted.push(name));
    return release.passed.then(() => name);
  };
  const router = t.router({
    query: t.procedure.input(z.string()).query(({ input, signal }) => wait(input, signal)),
    mutation: t.procedure.input(z.string()).mutation(({ input, signal }) => wait(input, signal)),
    ping: t.procedure.query(() => 'pong'),
  });
  return { router, ran, aborted, release };
}

interface Line {
  readonly server: HawserServer;
  readonly proxy: TcpProxy;
  readonly connection: Connection;
}

/** A server that keeps no sessions: what happens at a drop is what happens whenever one is lost. */
const forgetful = { ...here, windowMs: 0 } as const;

async function lineTo(server: HawserServer): Promise<Line> {
  dock.keep(server);
  const proxy = dock.keep(await TcpProxy.to(server.port));
  const connection = dock.keep(connect({ url: proxy.url, onError: () => {} }));
  await reaches(connection, 'open');
  return { server, proxy, connection };
}

async function countingLine() {
  const counting = countingRouter();
  const line = await lineTo(await serve({ router: counting.router, ...forgetful, onError: () => {} }));
  return { ...counting, ...line, api: createClient<typeof counting.router>(line.connection) };
}

async function logLine() {
  const log = logRouter();
  const line = await lineTo(await serve({ router: log.router, ...forgetful, onError: () => {} }));
  return { ...log, ...line, api: createClient<typeof log.router>(line.connection) };
}

describe('a call in flight when its socket, and with it its session, is killed', () => {
  test('the handlers’ signals fire', async () => {
    const { api, proxy, ran, aborted, release } = await countingLine();
    const calls = Promise.allSettled([api.query.query('q'), api.mutation.mutate('m')]);
    await eventually(() => expect(ran).toEqual(['q', 'm']));
    proxy.cut();
    await eventually(() => expect(aborted).toEqual(['q', 'm']));
    release.open();
    await calls;
  });

  test('a mutation ran once and rejects with outcome `unknown`', async () => {
    const { api, proxy, connection, ran } = await countingLine();
    const fault = faultOf(api.mutation.mutate('m'));
    await eventually(() => expect(ran).toEqual(['m']));
    proxy.cut();
    expect(await fault).toMatchObject({ code: 'session-lost', outcome: 'unknown' });
    await reaches(connection, 'open');
    expect(await api.ping.query()).toBe('pong');
    expect(ran).toEqual(['m']);
  });

  test('a mutation that was declared idempotent is sent again on the new session, and answered', async () => {
    const { api, proxy, ran, release } = await countingLine();
    const answer = api.mutation.mutate('m', { idempotent: true });
    await eventually(() => expect(ran).toEqual(['m']));
    proxy.cut();
    await eventually(() => expect(ran).toEqual(['m', 'm']));
    release.open();
    expect(await answer).toBe('m');
  });

  test('a query is sent again on the new session, and answered', async () => {
    const { api, proxy, ran, release } = await countingLine();
    const answer = api.query.query('q');
    await eventually(() => expect(ran).toEqual(['q']));
    proxy.cut();
    await eventually(() => expect(ran).toEqual(['q', 'q']));
    release.open();
    expect(await answer).toBe('q');
  });

  test('a query is sent again once, and rejects with `unknown` at the second kill', async () => {
    const { api, proxy, ran } = await countingLine();
    const fault = faultOf(api.query.query('q'));
    for (const times of [1, 2]) {
      await eventually(() => expect(ran).toHaveLength(times));
      proxy.cut();
    }
    expect(await fault).toMatchObject({ code: 'session-lost', outcome: 'unknown' });
    expect(await api.ping.query()).toBe('pong');
    expect(ran).toHaveLength(2);
  });

  test('queries are sent again in call order, before anything new', async () => {
    const { api, proxy, ran, connection } = await countingLine();
    const calls = ['a', 'b', 'c'].map((name) => api.query.query(name));
    await eventually(() => expect(ran).toHaveLength(3));
    proxy.refuse();
    await reaches(connection, 'waiting');
    calls.push(api.query.query('new'));
    proxy.accept();
    await eventually(() => expect(ran).toHaveLength(7));
    expect(ran.slice(3)).toEqual(['a', 'b', 'c', 'new']);
    await connection.close();
    await Promise.allSettled(calls);
  });

  test('a call made during the drop waits for the next session and runs once', async () => {
    const { api, proxy, connection, ran, release } = await countingLine();
    proxy.refuse();
    await reaches(connection, 'waiting');
    const answer = api.mutation.mutate('later');
    proxy.accept();
    await eventually(() => expect(ran).toEqual(['later']));
    release.open();
    expect(await answer).toBe('later');
    expect(ran).toEqual(['later']);
  });
});

describe('a subscription whose session is lost at a drop', () => {
  test('a tracked one continues from its last id, although an untracked event came after it', async () => {
    const { api, proxy, cursors } = await logLine();
    const items: unknown[] = [];
    api.tracked.subscribe(undefined, {
      onData: (item) => items.push(item),
      onError: (error) => items.push(error),
    });
    await eventually(() => expect(items).toHaveLength(4));
    proxy.cut();
    await eventually(() => expect(items).toHaveLength(8));
    expect(cursors).toEqual([undefined, '3']);
    const ids = [1, 2, 3].map((id) => ({ id: String(id), data: id }));
    const more = [4, 5, 6].map((id) => ({ id: String(id), data: id }));
    expect(items).toEqual([...ids, 'untracked', ...more, 'untracked']);
  });

  test('two drops in a row continue from the last id each time', async () => {
    const { api, proxy, cursors } = await logLine();
    const items: unknown[] = [];
    api.tracked.subscribe(undefined, { onData: (item) => items.push(item) });
    for (const length of [4, 8]) {
      await eventually(() => expect(items).toHaveLength(length));
      proxy.cut();
    }
    await eventually(() => expect(items).toHaveLength(12));
    expect(cursors).toEqual([undefined, '3', '6']);
  });

  test('one that began at a cursor begins there again when no event had come, and that is no gap', async () => {
    const { api, proxy, cursors } = await logLine();
    const told: unknown[] = [];
    api.silent.subscribe(
      { lastEventId: '5' },
      { onStarted: () => told.push('started'), onError: (error) => told.push(error) },
    );
    await eventually(() => expect(told).toHaveLength(1));
    proxy.cut();
    await eventually(() => expect(told).toHaveLength(2));
    expect([told, cursors]).toEqual([
      ['started', 'started'],
      ['5', '5'],
    ]);
  });

  test('a tracked one in a `for await` loop goes on as if nothing had happened', async () => {
    const { api, proxy } = await logLine();
    const ids: string[] = [];
    for await (const item of api.tracked.subscribe()) {
      if (typeof item === 'string') proxy.cut();
      else ids.push(item.id);
      if (ids.length === 6) break;
    }
    expect(ids).toEqual(['1', '2', '3', '4', '5', '6']);
  });

  test('an untracked one ends with the gap error when nobody asked to go on', async () => {
    const { api, proxy } = await logLine();
    const loop = (async () => {
      for await (const _ of api.untracked.subscribe()) proxy.cut();
    })();
    expect(await faultOf(loop)).toMatchObject({ code: 'gap', outcome: 'unknown' });
  });

  test('an untracked one with `onGap` is told the gap before the next item, and goes on', async () => {
    const { api, proxy } = await logLine();
    const told: unknown[] = [];
    const onGap = ({ reason }: Gap) => told.push(`gap: ${reason}`);
    for await (const item of api.untracked.subscribe(undefined, { onGap })) {
      told.push(item);
      if (told.length === 3) break;
      proxy.cut();
    }
    expect(told).toEqual(['first', expect.stringMatching(/^gap: /), 'first']);
  });

  test('the callbacks are told `onStarted` again, after the gap', async () => {
    const { api, proxy } = await logLine();
    const told: unknown[] = [];
    api.untracked.subscribe(undefined, {
      onStarted: () => told.push('started'),
      onData: (item) => told.push(item),
      onGap: () => told.push('gap'),
    });
    await eventually(() => expect(told).toHaveLength(2));
    proxy.cut();
    await eventually(() => expect(told).toHaveLength(5));
    expect(told).toEqual(['started', 'first', 'gap', 'started', 'first']);
  });

  test('one that was left during the drop does not come back', async () => {
    const { api, proxy, connection, cursors } = await logLine();
    const first = new Gate();
    const subscription = api.untracked.subscribe(undefined, { onData: () => first.open(), onGap: () => {} });
    await first.passed;
    proxy.refuse();
    await reaches(connection, 'waiting');
    subscription.unsubscribe();
    proxy.accept();
    await reaches(connection, 'open');
    for await (const _ of api.tracked.subscribe()) break;
    expect(cursors).toHaveLength(2);
  });
});

describe('a server that is down', () => {
  test('a query with `timeoutMs` times out with outcome `not-run`', async () => {
    const { api, proxy, connection, ran } = await countingLine();
    proxy.refuse();
    await reaches(connection, 'waiting');
    const fault = await faultOf(api.query.query('q', { timeoutMs: 30 }));
    expect(fault).toMatchObject({ code: 'timeout', outcome: 'not-run' });
    proxy.accept();
    expect(await api.ping.query()).toBe('pong');
    expect(ran).toEqual([]);
  });

  test('a query that was called meanwhile runs when the server comes up', async () => {
    const { router } = countingRouter();
    const gone = await serve({ router, ...here });
    const { url, port } = gone;
    await gone.close();
    const connection = dock.keep(connect({ url }));
    const answer = createClient<typeof router>(connection).ping.query();
    await reaches(connection, 'waiting');
    dock.keep(await serve({ router, ...here, port }));
    expect(await answer).toBe('pong');
  });
});

describe('many clients', () => {
  test('200 dropped at once, and their sessions with them, all come back, each with a session of its own', async () => {
    const { router } = countingRouter();
    const server = dock.keep(await serve({ router, ...forgetful }));
    const proxy = dock.keep(await TcpProxy.to(server.port));
    const connections = Array.from({ length: 200 }, () =>
      dock.keep(connect({ url: proxy.url, onError: () => {} })),
    );
    await Promise.all(connections.map((it) => reaches(it, 'open')));
    proxy.cut();
    await eventually(() => expect(server.sessions).toBe(0));
    const answers = await Promise.all(connections.map((it) => createClient<typeof router>(it).ping.query()));
    expect(answers).toEqual(Array.from({ length: 200 }, () => 'pong'));
    await eventually(() => expect(server.sessions).toBe(200));
    expect(proxy.dials).toBe(400);
  });
});
