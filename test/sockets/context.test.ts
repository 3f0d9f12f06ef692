import type { ServerSession } from '@hawser/adapter-node';
import { serve } from '@hawser/adapter-node';
import { connect, createClient } from '@hawser/client';
import { initTRPC, TRPCError } from '@trpc/server';
import { describe, expect, test } from 'vitest';
import { eventually, here, openDock, reaches } from './dock.ts';
import { Gate } from './gate.ts';
import { faultOf, rejection } from './rejection.ts';
import { tapped } from './tap.ts';

const dock = openDock();

interface Context {
  readonly user: string;
  readonly session?: ServerSession;
}

const t = initTRPC.context<Context>().create();
const ran: string[] = [];
const router = t.router({
  whoami: t.procedure.query(({ ctx }) => ctx.user),
  touch: t.procedure.mutation(({ ctx }) => void ran.push(ctx.user)),
  kick: t.procedure.mutation(({ ctx }) => ctx.session?.close()),
  sessionId: t.procedure.query(({ ctx }) => ctx.session?.id),
});

type CreateContext = Parameters<typeof serve<typeof router>>[0]['createContext'];

async function served(createContext: CreateContext, onError: (report: { error: Error }) => void = () => {}) {
  return dock.keep(await serve({ router, ...here, createContext, onError }));
}

describe('createContext', () => {
  test('gets the request, the params and the session, and its value is the handlers’ context', async () => {
    const seen: unknown[] = [];
    const server = await served(({ req, params, session }) => {
      seen.push(req.headers['sec-websocket-protocol'], params, typeof session.id, session.signal.aborted);
      return { user: String(params['token']) };
    });
    const connection = dock.keep(connect({ url: server.url, params: async () => ({ token: 'ada' }) }));
    expect(await createClient<typeof router>(connection).whoami.query()).toBe('ada');
    expect(seen).toEqual(['hawser.1', { token: 'ada' }, 'string', false]);
  });

  test('gets an empty object for params when the client has none', async () => {
    const seen = new Gate<unknown>();
    const server = await served(({ params }) => {
      seen.open(params);
      return { user: '' };
    });
    dock.keep(connect({ url: server.url }));
    expect(await seen.passed).toEqual({});
  });

  test('runs again for each dial, with params made anew', async () => {
    const server = await served(({ params, session }) => ({ user: String(params['token']), session }));
    let tokens = 0;
    const connection = dock.keep(connect({ url: server.url, params: () => ({ token: ++tokens }) }));
    const api = createClient<typeof router>(connection);
    expect(await api.whoami.query()).toBe('1');
    await api.kick.mutate().catch(() => {});
    expect(await api.whoami.query()).toBe('2');
  });

  test('may be slow: the calls that wait for it run once', async () => {
    const ready = new Gate();
    const server = await served(async () => {
      await ready.passed;
      return { user: 'slow' };
    });
    ran.length = 0;
    const api = createClient<typeof router>(dock.keep(connect({ url: server.url })));
    const calls = [api.touch.mutate(), api.touch.mutate()];
    await eventually(() => expect(server.sessions).toBe(1));
    expect(ran).toEqual([]);
    ready.open();
    await Promise.all(calls);
    expect(ran).toEqual(['slow', 'slow']);
  });

  test('whose session is closed by a handler: the client gets a new one, and the signal fires', async () => {
    const ended: string[] = [];
    const server = await served(({ session }) => {
      session.signal.addEventListener('abort', () => ended.push(session.id));
      return { user: '', session };
    });
    const connection = dock.keep(connect({ url: server.url }));
    const api = createClient<typeof router>(connection);
    const first = await api.sessionId.query();
    expect(await faultOf(api.kick.mutate())).toMatchObject({
      code: 'session-lost',
      reason: 'ended',
      outcome: 'unknown',
    });
    const second = await api.sessionId.query();
    expect(second).not.toBe(first);
    expect(ended).toEqual([first]);
    expect(server.sessions).toBe(1);
  });
});

describe('a session that is closed while its context is made', () => {
  test('is not let in; the client opens another', async () => {
    let dials = 0;
    const server = await served(({ session }) => {
      if (++dials === 1) session.close();
      return { user: String(dials) };
    });
    const connection = dock.keep(connect({ url: server.url }));
    expect(await createClient<typeof router>(connection).whoami.query()).toBe('2');
    expect([dials, server.sessions]).toEqual([2, 1]);
  });
});

describe('a context that fails', () => {
  test.each(['UNAUTHORIZED', 'FORBIDDEN', 'BAD_REQUEST'] as const)(
    'with %s refuses: one connection, a typed error for the calls, and no redial',
    async (code) => {
      let dials = 0;
      const server = await served(() => {
        dials++;
        throw new TRPCError({ code, message: 'Token expired' });
      });
      ran.length = 0;
      const connection = dock.keep(connect({ url: server.url }));
      const error = await rejection(createClient<typeof router>(connection).touch.mutate());
      expect(error.message).toBe('Token expired');
      expect(error.data).toMatchObject({ code });
      expect(await faultOf(Promise.reject(error))).toMatchObject({ code: 'refused', outcome: 'not-run' });
      expect(connection.status).toMatchObject({ state: 'waiting', retryAt: undefined });
      expect(connection.status.reason).toBe(code.toLowerCase().replace('_', '-'));
      expect([dials, ran]).toEqual([1, []]);
    },
  );

  test('with UNAUTHORIZED is asked again by a new call, with one dial, and by `retry`', async () => {
    let dials = 0;
    const server = await served(() => {
      if (++dials < 4) throw new TRPCError({ code: 'UNAUTHORIZED' });
      return { user: 'ada' };
    });
    const connection = dock.keep(connect({ url: server.url }));
    const api = createClient<typeof router>(connection);
    await reaches(connection, 'waiting');
    for (const times of [2, 3]) {
      expect((await rejection(api.whoami.query())).data).toMatchObject({ code: 'UNAUTHORIZED' });
      expect(dials).toBe(times);
    }
    connection.retry();
    await reaches(connection, 'open');
    expect(await api.whoami.query()).toBe('ada');
    expect(dials).toBe(4);
  });

  test('with a plain error is trouble: the client redials with a backoff, and its call waits', async () => {
    let dials = 0;
    const reported: string[] = [];
    const server = await served(
      () => {
        dials++;
        throw new Error('The database is away');
      },
      ({ error }) => reported.push(error.message),
    );
    const connection = dock.keep(connect({ url: server.url }));
    const fault = faultOf(
      createClient<typeof router>(connection).whoami.query(undefined, { timeoutMs: 3000 }),
    );
    expect(await fault).toMatchObject({ code: 'timeout' });
    // Full jitter over 500, 1000, 2000 ms and so on: a handful in 3 s, where a loop makes hundreds.
    expect(dials).toBeGreaterThan(1);
    expect(dials).toBeLessThan(30);
    expect(reported).toHaveLength(dials);
    expect(server.sessions).toBeLessThanOrEqual(1);
  });

  test('and then succeeds: the call that waited is answered, and ran once', async () => {
    let dials = 0;
    const server = await served(() => {
      if (++dials < 3) throw new Error('Not yet');
      return { user: 'late' };
    });
    ran.length = 0;
    const api = createClient<typeof router>(dock.keep(connect({ url: server.url })));
    await api.touch.mutate();
    expect([ran, dials]).toEqual([['late'], 3]);
  });

  test('does not show its error’s text to the client in production', async () => {
    const p = initTRPC.create({ isDev: false });
    const routes = p.router({ ping: p.procedure.query(() => 'pong') });
    const createContext = (): object => {
      throw new Error('password=hunter2');
    };
    const server = dock.keep(await serve({ router: routes, ...here, createContext, onError: () => {} }));
    const { received: frames, WebSocket } = tapped();
    const connection = dock.keep(connect({ url: server.url, WebSocket }));
    await reaches(connection, 'waiting');
    expect(frames).toHaveLength(1);
    expect(frames[0]).toMatch(/^\["bye","trouble"/);
    expect(frames[0]).not.toMatch(/hunter2|stack/);
  });
});

describe('params', () => {
  test('that reject are trouble: tried again, with the calls waiting', async () => {
    const server = await served(({ params }) => ({ user: String(params['token']) }));
    let tries = 0;
    const params = async () => {
      if (++tries === 1) throw new Error('The token service is away');
      return { token: tries };
    };
    const connection = dock.keep(connect({ url: server.url, params, onError: () => {} }));
    const answer = createClient<typeof router>(connection).whoami.query();
    expect(await reaches(connection, 'waiting')).toMatchObject({ reason: 'params' });
    expect(await answer).toBe('2');
  });

  test('that throw at once are trouble too', async () => {
    const server = await served(() => ({ user: 'ada' }));
    let tries = 0;
    const params = () => {
      if (++tries === 1) throw new Error('No token yet');
      return {};
    };
    const connection = dock.keep(connect({ url: server.url, params, onError: () => {} }));
    expect(await createClient<typeof router>(connection).whoami.query()).toBe('ada');
    expect(tries).toBe(2);
  });

  test.each([
    ['a circular value', () => circular()],
    ['a bigint', () => ({ id: 1n }) as never],
    ['no object', () => 'token' as never],
    ['an array', () => [] as never],
  ])('that are %s do not crash the client', async (_, bad) => {
    const server = await served(() => ({ user: 'ada' }));
    let tries = 0;
    const params = () => (++tries === 1 ? bad() : {});
    const connection = dock.keep(connect({ url: server.url, params, onError: () => {} }));
    expect(await createClient<typeof router>(connection).whoami.query()).toBe('ada');
  });
});

function circular(): Record<string, never> {
  const value: Record<string, unknown> = {};
  value['self'] = value;
  return value as Record<string, never>;
}
