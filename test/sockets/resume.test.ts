import { serve } from '@hawser/adapter-node';
import type { Connection } from '@hawser/client';
import { connect, createClient } from '@hawser/client';
import { initTRPC, TRPCError, tracked } from '@trpc/server';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { eventually, here, openDock, reaches } from './dock.ts';
import { fired, Gate } from './gate.ts';
import { faultOf } from './rejection.ts';
import { TcpProxy } from './tcp-proxy.ts';

const dock = openDock();

const t = initTRPC.create();

/** A router that tells what ran and what was aborted, and whose calls wait for the test. */
function watched() {
  const ran: string[] = [];
  const aborted: string[] = [];
  const release = new Gate();
  const more: (() => void)[] = [];
  const run = (name: string, signal: AbortSignal | undefined): void => {
    ran.push(name);
    void fired(signal).then(() => aborted.push(name));
  };
  const router = t.router({
    ping: t.procedure.query(() => 'pong'),
    add: t.procedure.input(z.string()).mutation(({ input, signal }) => {
      run(input, signal);
      return input;
    }),
    wait: t.procedure.input(z.string()).mutation(async ({ input, signal }) => {
      run(input, signal);
      await release.passed;
      return input;
    }),
    large: t.procedure.input(z.number()).query(({ input, signal }) => {
      run('large', signal);
      return 'x'.repeat(input);
    }),
    count: t.procedure.input(z.number()).subscription(async function* ({ input, signal }) {
      run('count', signal);
      for (let i = 0; i < input; i++) {
        yield i;
        // As fast as the loop turns, so that a cut comes in between.
        if (i % 10 === 9) await new Promise<void>((resolve) => setImmediate(resolve));
      }
    }),
    log: t.procedure.subscription(async function* ({ signal }) {
      run('log', signal);
      for (let i = 0; ; i++) {
        yield i % 2 ? tracked(`${i}`, i) : i;
        await new Promise<void>((resolve) => more.push(resolve));
        if (signal?.aborted) return;
      }
    }),
  });
  /** Lets the log go on. */
  const next = (): void => more.shift()?.();
  return { router, ran, aborted, release, next, more };
}

async function line(options: { windowMs?: number; heartbeatMs?: number } = {}) {
  const { router, ...watch } = watched();
  const server = dock.keep(await serve({ router, ...here, ...options, onError: () => {} }));
  const proxy = dock.keep(await TcpProxy.to(server.port));
  const connection = dock.keep(connect({ url: proxy.url, onError: () => {} }));
  await reaches(connection, 'open');
  impatient(connection);
  const api = createClient<typeof router>(connection);
  return { ...watch, server, proxy, connection, api };
}

/** Has a client dial right after a drop: what is tested here is not how long it waits. */
function impatient(connection: Connection): void {
  connection.subscribe(({ reason }) => {
    if (reason === 'dropped') queueMicrotask(() => connection.retry());
  });
}

/** Cuts the line, and waits until the client is back. */
async function cutOnce({
  proxy,
  connection,
}: Pick<Awaited<ReturnType<typeof line>>, 'proxy' | 'connection'>) {
  proxy.cut();
  await reaches(connection, 'waiting');
  await reaches(connection, 'open');
}

describe('a call whose socket is cut', () => {
  test('runs once and is answered, however often that happens; its signal is silent', async () => {
    const { api, proxy, connection, ran, aborted, release, server } = await line();
    const answer = api.wait.mutate('m');
    await eventually(() => expect(ran).toEqual(['m']));
    for (let i = 0; i < 3; i++) await cutOnce({ proxy, connection });
    release.open();
    expect(await answer).toBe('m');
    expect([ran, aborted, server.sessions, proxy.dials]).toEqual([['m'], [], 1, 4]);
  });

  test('and is answered meanwhile gets its answer with the resume', async () => {
    const { api, proxy, connection, ran, release, server } = await line();
    const answer = api.wait.mutate('m');
    await eventually(() => expect(ran).toEqual(['m']));
    proxy.refuse();
    await reaches(connection, 'waiting');
    release.open();
    expect(server.sessions).toBe(1);
    proxy.accept();
    expect(await answer).toBe('m');
    expect(ran).toEqual(['m']);
  });

  test('while its answer is half on its way gets it whole', async () => {
    const { api, proxy, ran } = await line();
    for (const bytes of [1, 1000, 200_000, 900_000]) {
      proxy.cutAfter(bytes);
      expect(await api.large.query(1_000_000)).toBe('x'.repeat(1_000_000));
    }
    expect(ran).toHaveLength(4);
    expect(proxy.dials).toBe(5);
  });

  test('among hundreds, at moments that nobody chose, runs once and is answered', async () => {
    const { api, proxy, connection, ran } = await line();
    const names = Array.from({ length: 400 }, (_, i) => `call ${i}`);
    const answers: Promise<string>[] = [];
    for (const [i, name] of names.entries()) {
      answers.push(api.add.mutate(name));
      if (i % 20 === 19) await new Promise<void>((resolve) => setImmediate(resolve));
      if (i % 80 === 79) proxy.cutAfter(i);
    }
    expect(await Promise.all(answers)).toEqual(names);
    expect([...ran].sort()).toEqual([...names].sort());
    expect(connection.state).toBe('open');
  });

  test('before its session was welcome runs once, too', async () => {
    const { router, ran, release } = watched();
    const gate = new Gate();
    const contexts: string[] = [];
    const createContext = async (): Promise<object> => {
      contexts.push('context');
      if (contexts.length === 1) await gate.passed;
      return {};
    };
    const server = dock.keep(await serve({ router, ...here, createContext }));
    const proxy = dock.keep(await TcpProxy.to(server.port));
    const connection = dock.keep(connect({ url: proxy.url, onError: () => {} }));
    const answer = createClient<typeof router>(connection).wait.mutate('early');
    await eventually(() => expect(contexts).toHaveLength(1));
    proxy.cut();
    await reaches(connection, 'waiting');
    gate.open();
    await eventually(() => expect(ran).toEqual(['early']));
    release.open();
    expect(await answer).toBe('early');
    expect(ran).toEqual(['early']);
    expect(server.sessions).toBe(1);
  });
});

describe('a stream whose socket is cut', () => {
  test('neither skips nor repeats, without any code for it, and is started once', async () => {
    const { api, proxy, ran } = await line();
    const items: number[] = [];
    for await (const item of api.count.subscribe(2000)) {
      items.push(item);
      if (item % 300 === 299) proxy.cut();
    }
    expect(items).toEqual(Array.from({ length: 2000 }, (_, i) => i));
    expect(ran).toEqual(['count']);
    expect(proxy.dials).toBeGreaterThan(3);
  });

  test('in the middle of a frame neither skips nor repeats', async () => {
    const { api, proxy } = await line();
    const items: number[] = [];
    for await (const item of api.count.subscribe(2000)) {
      items.push(item);
      if (item % 400 === 100) proxy.cutAfter(item + 7);
    }
    expect(items).toEqual(Array.from({ length: 2000 }, (_, i) => i));
  });

  test('tells its callbacks neither a gap nor another start', async () => {
    const { api, proxy, connection, next, more, ran } = await line();
    const told: unknown[] = [];
    const subscription = api.log.subscribe(undefined, {
      onStarted: () => told.push('started'),
      onData: (item) => told.push(item),
      onGap: () => told.push('gap'),
      onError: (error) => told.push(error),
    });
    for (let i = 1; i <= 4; i++) {
      await eventually(() => expect(told).toHaveLength(i + 1));
      await cutOnce({ proxy, connection });
      await eventually(() => expect(more).toHaveLength(1));
      next();
    }
    await eventually(() => expect(told).toHaveLength(6));
    expect(told).toEqual(['started', 0, { id: '1', data: 1 }, 2, { id: '3', data: 3 }, 4]);
    expect(ran).toEqual(['log']);
    subscription.unsubscribe();
    await eventually(() => expect(more).toHaveLength(1));
    next();
  });

  test('and that is left during the outage ends at the server when the session goes on', async () => {
    const { api, proxy, connection, next, aborted } = await line();
    const first = new Gate();
    const subscription = api.log.subscribe(undefined, { onData: () => first.open() });
    await first.passed;
    proxy.refuse();
    await reaches(connection, 'waiting');
    subscription.unsubscribe();
    proxy.accept();
    await eventually(() => expect(aborted).toEqual(['log']));
    next();
  });
});

describe('a half-open socket', () => {
  test('is found by the heartbeat, and what went into the void arrives over the next, once', async () => {
    const { api, proxy, connection, ran, aborted, server } = await line({ heartbeatMs: 40 });
    proxy.swallow();
    const answer = api.add.mutate('m');
    const items: number[] = [];
    const stream = (async () => {
      for await (const item of api.count.subscribe(50)) items.push(item);
    })();
    expect(await reaches(connection, 'waiting')).toMatchObject({ reason: 'dead' });
    expect(await answer).toBe('m');
    await stream;
    expect(items).toHaveLength(50);
    expect([ran, aborted, server.sessions, proxy.dials]).toEqual([['m', 'count'], [], 1, 2]);
  });
});

describe('a session without a socket', () => {
  test('is forgotten after `windowMs`, and its handlers are told then', async () => {
    const { api, proxy, connection, ran, aborted, server } = await line({ windowMs: 60 });
    const fault = faultOf(api.wait.mutate('m'));
    await eventually(() => expect(ran).toEqual(['m']));
    proxy.refuse();
    await eventually(() => expect([aborted, server.sessions]).toEqual([['m'], 0]));
    proxy.accept();
    connection.retry();
    expect(await fault).toMatchObject({ code: 'session-lost', outcome: 'unknown', reason: 'expired' });
    expect(await api.ping.query()).toBe('pong');
  });

  test('ends with its server, which leaves nothing open', async () => {
    const { api, proxy, connection, ran, aborted, server } = await line();
    const fault = faultOf(api.wait.mutate('m'));
    await eventually(() => expect(ran).toEqual(['m']));
    proxy.refuse();
    await reaches(connection, 'waiting');
    await server.close();
    await eventually(() => expect([aborted, server.sessions]).toEqual([['m'], 0]));
    await connection.close();
    expect(await fault).toMatchObject({ code: 'closed', outcome: 'unknown' });
  });

  test('is gone for a client that finds another server in its place', async () => {
    const { api, proxy, connection, ran, server } = await line();
    const fault = faultOf(api.wait.mutate('m'));
    await eventually(() => expect(ran).toEqual(['m']));
    proxy.refuse();
    await reaches(connection, 'waiting');
    await server.close();
    const other = dock.keep(await serve({ router: watched().router, ...here }));
    proxy.accept(other.port);
    connection.retry();
    expect(await fault).toMatchObject({ code: 'session-lost', outcome: 'unknown', reason: 'restarted' });
    expect(await api.ping.query()).toBe('pong');
  });

  test('and 199 others that were dropped at once are all resumed: no session is lost, and none is new', async () => {
    const { router, ran } = watched();
    const sessions = new Set<string>();
    const createContext = ({ session }: { session: { id: string } }): object => {
      sessions.add(session.id);
      return {};
    };
    const server = dock.keep(await serve({ router, ...here, createContext }));
    const proxy = dock.keep(await TcpProxy.to(server.port));
    const connections = Array.from({ length: 200 }, () =>
      dock.keep(connect({ url: proxy.url, onError: () => {} })),
    );
    await Promise.all(connections.map((it) => reaches(it, 'open')));
    proxy.cut();
    const answers = connections.map((it, i) => createClient<typeof router>(it).add.mutate(`${i}`));
    expect(await Promise.all(answers)).toEqual(connections.map((_, i) => `${i}`));
    expect([ran.length, sessions.size, server.sessions]).toEqual([200, 200, 200]);
  });
});

describe('who may have a session again', () => {
  interface Context {
    readonly user: string;
  }
  const users = initTRPC.context<Context>().create();

  async function account() {
    const credentials = { user: 'ada', expired: false };
    const release = new Gate();
    const ran: string[] = [];
    const router = users.router({
      who: users.procedure.query(({ ctx }) => ctx.user),
      wait: users.procedure.mutation(async ({ ctx }) => {
        ran.push(ctx.user);
        await release.passed;
        return ctx.user;
      }),
    });
    const server = dock.keep(
      await serve({
        router,
        ...here,
        createContext: ({ params }) => {
          if (params['expired'] === true)
            throw new TRPCError({ code: 'UNAUTHORIZED', message: 'Token expired' });
          return { user: String(params['user']) };
        },
        identity: ({ user }) => user,
        onError: () => {},
      }),
    );
    const proxy = dock.keep(await TcpProxy.to(server.port));
    const params = () => ({ ...credentials });
    const connection = dock.keep(connect({ url: proxy.url, params, onError: () => {} }));
    await reaches(connection, 'open');
    const api = createClient<typeof router>(connection);
    return { credentials, release, ran, server, proxy, connection, api };
  }

  test('credentials that expired have the client wait; renewed, they bring the answer of a call that ran', async () => {
    const { api, credentials, release, ran, proxy, connection, server } = await account();
    const answer = api.wait.mutate();
    await eventually(() => expect(ran).toEqual(['ada']));
    credentials.expired = true;
    proxy.cut();
    await eventually(() =>
      expect(connection.status).toMatchObject({
        state: 'waiting',
        reason: 'unauthorized',
        retryAt: undefined,
      }),
    );
    release.open();
    credentials.expired = false;
    connection.retry();
    expect(await answer).toBe('ada');
    expect([ran, server.sessions]).toEqual([['ada'], 1]);
  });

  test('another user is given a session of his own, and the first one’s stays as it was', async () => {
    const { api, credentials, ran, proxy, connection, server } = await account();
    const fault = faultOf(api.wait.mutate());
    await eventually(() => expect(ran).toEqual(['ada']));
    credentials.user = 'eve';
    await cutOnce({ proxy, connection });
    expect(await fault).toMatchObject({ code: 'session-lost', outcome: 'unknown', reason: 'refused' });
    expect(await api.who.query()).toBe('eve');
    expect(server.sessions).toBe(2);
  });
});
