import { getEventListeners } from 'node:events';
import { serve } from '@hawser/adapter-node';
import { connect, createClient } from '@hawser/client';
import { initTRPC } from '@trpc/server';
import { describe, expect, test } from 'vitest';
import { eventually, here, openDock, reaches } from './dock.ts';
import { fired, Gate } from './gate.ts';
import { faultOf, rejection } from './rejection.ts';

const dock = openDock();

/** A router whose handlers tell that they run, and that their signal fired. */
function watched() {
  const t = initTRPC.create();
  const running = new Gate<string>();
  const aborted = new Gate<string>();
  const wait = async (name: string, signal: AbortSignal | undefined): Promise<void> => {
    running.open(name);
    await fired(signal);
    aborted.open(name);
  };
  let ran = 0;
  const router = t.router({
    slowQuery: t.procedure.query(({ signal }) => wait('query', signal)),
    slowMutation: t.procedure.mutation(({ signal }) => wait('mutation', signal)),
    deaf: t.procedure.query(() => new Promise<never>(() => running.open('deaf'))),
    ran: t.procedure.mutation(() => ++ran),
    silent: t.procedure.subscription(async function* ({ signal }) {
      yield 'first';
      await wait('subscription', signal);
    }),
  });
  return { router, running: running.passed, aborted: aborted.passed, ran: () => ran };
}

async function open() {
  const watch = watched();
  const server = dock.keep(await serve({ router: watch.router, ...here, onError: () => {} }));
  const connection = dock.keep(connect({ url: server.url }));
  await reaches(connection, 'open');
  return { ...watch, server, connection, api: createClient<typeof watch.router>(connection) };
}

describe('an abort', () => {
  test.each(['slowQuery', 'slowMutation'] as const)(
    'of %s rejects at once with its reason, and fires the handler’s signal',
    async (name) => {
      const { api, running, aborted } = await open();
      const controller = new AbortController();
      const { signal } = controller;
      const call =
        name === 'slowQuery'
          ? api[name].query(undefined, { signal })
          : api[name].mutate(undefined, { signal });
      await running;
      const reason = new Error('The user went away');
      const settled = faultOf(call);
      controller.abort(reason);
      expect(await Promise.race([settled, turns(3)])).toMatchObject({
        code: 'aborted',
        outcome: 'unknown',
        cause: reason,
      });
      await aborted;
    },
  );

  test('rejects although the handler never looks at its signal', async () => {
    const { api, running } = await open();
    const controller = new AbortController();
    const call = api.deaf.query(undefined, { signal: controller.signal });
    await running;
    controller.abort();
    expect(await faultOf(call)).toMatchObject({ code: 'aborted', outcome: 'unknown' });
  });

  test('before the call leaves keeps it from ever running', async () => {
    const { api, ran } = await open();
    const controller = new AbortController();
    const call = api.ran.mutate(undefined, { signal: controller.signal });
    controller.abort();
    expect(await faultOf(call)).toMatchObject({ code: 'aborted', outcome: 'not-run' });
    expect(await api.ran.mutate()).toBe(1);
    expect(ran()).toBe(1);
  });

  test('that came before the call rejects it, and it does not run', async () => {
    const { api } = await open();
    const fault = await faultOf(api.ran.mutate(undefined, { signal: AbortSignal.abort('early') }));
    expect(fault).toMatchObject({ code: 'aborted', outcome: 'not-run', cause: 'early' });
    expect(await api.ran.mutate()).toBe(1);
  });

  test('while the connection is still dialling keeps the call from running', async () => {
    const { server, router } = await openServer();
    const api = createClient<typeof router>(dock.keep(connect({ url: server.url })));
    const controller = new AbortController();
    const call = api.ran.mutate(undefined, { signal: controller.signal });
    controller.abort();
    expect(await faultOf(call)).toMatchObject({ code: 'aborted', outcome: 'not-run' });
    expect(await api.ran.mutate()).toBe(1);
  });

  test('ends a subscription with callbacks: its handler’s signal fires and nothing more is told', async () => {
    const { api, aborted } = await open();
    const controller = new AbortController();
    const told: string[] = [];
    const first = new Gate();
    api.silent.subscribe(undefined, {
      signal: controller.signal,
      onData: () => first.open(),
      onError: () => told.push('error'),
      onStopped: () => told.push('stopped'),
      onComplete: () => told.push('complete'),
    });
    await first.passed;
    controller.abort();
    await aborted;
    expect(told).toEqual([]);
  });

  test('that came before a subscription with callbacks tells nothing, and nothing starts', async () => {
    const { api, ran } = await open();
    const told: string[] = [];
    api.silent.subscribe(undefined, {
      signal: AbortSignal.abort(),
      onStarted: () => told.push('started'),
      onError: () => told.push('error'),
      onStopped: () => told.push('stopped'),
      onComplete: () => told.push('complete'),
    });
    await api.ran.mutate();
    expect([told, ran()]).toEqual([[], 1]);
  });

  test('ends a `for await` loop, without an error', async () => {
    const { api, aborted } = await open();
    const controller = new AbortController();
    const items: string[] = [];
    for await (const item of api.silent.subscribe(undefined, { signal: controller.signal })) {
      items.push(item);
      controller.abort();
    }
    expect(items).toEqual(['first']);
    await aborted;
  });
});

describe('a cancelled call', () => {
  test('counts until its handler has ended: open-and-cancel buys no more than the limit', async () => {
    const { server, api, running } = await limited(2);
    const controller = new AbortController();
    const deaf = [1, 2].map(() => faultOf(api.deaf.query(undefined, { signal: controller.signal })));
    await running;
    controller.abort();
    await Promise.all(deaf);
    expect(await faultOf(api.ran.mutate(undefined, { timeoutMs: 30 }))).toMatchObject({
      code: 'timeout',
      outcome: 'not-run',
    });
    expect(server.sessions).toBe(1);
  });

  test('frees its place when its handler ends', async () => {
    const { api } = await limited(1);
    for (let i = 1; i <= 5; i++) {
      const controller = new AbortController();
      const slow = faultOf(api.slowQuery.query(undefined, { signal: controller.signal }));
      const next = api.ran.mutate();
      controller.abort();
      await slow;
      expect(await next).toBe(i);
    }
  });

  test('leaves no listener on its signal, however it ended', async () => {
    const { api, connection } = await open();
    const { signal } = new AbortController();
    await api.ran.mutate(undefined, { signal });
    await faultOf(api.slowQuery.query(undefined, { signal, timeoutMs: 10 }));
    for await (const _ of api.silent.subscribe(undefined, { signal })) break;
    api.silent.subscribe(undefined, { signal, onData: () => {} }).unsubscribe();
    const lost = faultOf(api.slowQuery.query(undefined, { signal }));
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    await connection.close();
    await lost;
    await faultOf(api.ran.mutate(undefined, { signal }));
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});

describe('a deadline', () => {
  test('rejects the call with `timeout` and fires the handler’s signal', async () => {
    const { api, aborted } = await open();
    expect(await faultOf(api.slowQuery.query(undefined, { timeoutMs: 20 }))).toMatchObject({
      code: 'timeout',
      outcome: 'unknown',
    });
    await aborted;
  });

  test('of the connection is for silence: a call that nobody answers rejects', async () => {
    const { server, router } = await openServer();
    const api = createClient<typeof router>(dock.keep(connect({ url: server.url, timeoutMs: 20 })));
    expect(await faultOf(api.deaf.query())).toMatchObject({ code: 'timeout', outcome: 'unknown' });
  });

  test.each([2 ** 31, Number.MAX_SAFE_INTEGER, Number.POSITIVE_INFINITY])(
    'of %d ms is not over at once',
    async (timeoutMs) => {
      const { api } = await open();
      expect(await api.ran.mutate(undefined, { timeoutMs })).toBe(1);
    },
  );
});

describe('the end of a socket', () => {
  test('fires the signal of a query’s handler', async () => {
    const { api, connection, running, aborted } = await open();
    const call = rejection(api.slowQuery.query());
    await running;
    await connection.close();
    await aborted;
    await call;
  });

  test('returns the generator of a subscription and fires its signal', async () => {
    const { api, connection, running, aborted, server } = await open();
    api.silent.subscribe(undefined, { onData: () => {}, onError: () => {} });
    await running;
    await connection.close();
    await aborted;
    await eventually(() => expect(server.sessions).toBe(0));
  });
});

/** A connection whose server runs so many calls of it at once. */
async function limited(calls: number) {
  const watch = watched();
  const server = dock.keep(await serve({ router: watch.router, ...here, limits: { calls } }));
  const connection = dock.keep(connect({ url: server.url }));
  await reaches(connection, 'open');
  return { ...watch, server, api: createClient<typeof watch.router>(connection) };
}

async function openServer() {
  const watch = watched();
  const server = dock.keep(await serve({ router: watch.router, ...here, onError: () => {} }));
  return { server, ...watch };
}

/** `late` after so many turns of the event loop: far less than a round trip to a deaf handler. */
async function turns(count: number): Promise<string> {
  for (let i = 0; i < count; i++) await new Promise(setImmediate);
  return 'late';
}
