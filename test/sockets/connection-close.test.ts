import { serve } from '@hawser/adapter-node';
import { connect, createClient } from '@hawser/client';
import { initTRPC } from '@trpc/server';
import { describe, expect, test } from 'vitest';
import { eventually, here, openDock, reaches } from './dock.ts';
import { Gate } from './gate.ts';
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

describe('closing a connection', () => {
  test('rejects what is open at once, fires the handlers’ signals, and ends the session', async () => {
    const { api, server, connection, running, aborted } = await open();
    const faults = [faultOf(api.query.query()), faultOf(api.mutation.mutate())];
    await eventually(() => expect(running).toHaveLength(2));
    const unsent = faultOf(api.ping.query());
    const closing = connection.close();
    expect(connection.status).toMatchObject({ state: 'closed', retryAt: undefined });
    for (const fault of faults) expect(await fault).toMatchObject({ code: 'closed', outcome: 'unknown' });
    expect(await unsent).toMatchObject({ code: 'closed', outcome: 'not-run' });
    await closing;
    await eventually(() => expect([aborted.sort(), server.sessions]).toEqual([['mutation', 'query'], 0]));
  });

  test('ends a `for await` loop with the error `closed`', async () => {
    const { api, connection } = await open();
    const loop = (async () => {
      for await (const _ of api.subscription.subscribe()) await connection.close();
    })();
    expect(await faultOf(loop)).toMatchObject({ code: 'closed' });
  });

  test('twice is no error', async () => {
    const { connection } = await open();
    await Promise.all([connection.close(), connection.close()]);
    await connection.close();
  });

  test('that never opened is no error', async () => {
    const connection = connect({ url: 'ws://127.0.0.1:1', lazy: true });
    await connection.close();
    expect(connection.state).toBe('closed');
  });
});

/** A server whose one call is answered when the test says so. */
async function slow({ windowMs = 120_000 } = {}) {
  const t = initTRPC.create();
  const release = new Gate();
  const started = new Gate();
  let ended = 0;
  const answer = (): Promise<string> => {
    started.open();
    return release.passed.then(() => 'done');
  };
  const router = t.router({
    query: t.procedure.query(answer),
    mutation: t.procedure.mutation(answer),
    stream: t.procedure.subscription(async function* () {
      try {
        yield 1;
        started.open();
        await release.passed;
        yield 2;
      } finally {
        ended++;
      }
    }),
  });
  const server = dock.keep(await serve({ router, ...here, windowMs }));
  const proxy = dock.keep(await TcpProxy.to(server.port));
  const connection = dock.keep(connect({ url: proxy.url, onError: () => {} }));
  await reaches(connection, 'open');
  const api = createClient<typeof router>(connection);
  return { api, server, proxy, connection, release, started: started.passed, ended: () => ended };
}

const long = 600_000;

describe('closing a connection with `finishMs`', () => {
  test('waits for the calls that are open, and takes no new ones', async () => {
    const { api, connection, release, started } = await slow();
    const answer = api.mutation.mutate();
    await started;
    const closing = connection.close({ finishMs: long });
    expect(connection.state).toBe('open');
    expect(await faultOf(api.mutation.mutate())).toMatchObject({ code: 'closed', outcome: 'not-run' });
    release.open();
    expect(await answer).toBe('done');
    await closing;
    expect(connection.state).toBe('closed');
  });

  test('waits for a subscription to end', async () => {
    const { api, connection, release, started } = await slow();
    const items: number[] = [];
    api.stream.subscribe(undefined, { onData: (item) => items.push(item) });
    await started;
    const closing = connection.close({ finishMs: long });
    release.open();
    await closing;
    expect(items).toEqual([1, 2]);
  });

  test('closes when the time is over, and rejects what is left', async () => {
    const { api, connection, started } = await slow();
    const fault = faultOf(api.mutation.mutate());
    await started;
    await connection.close({ finishMs: 20 });
    expect(await fault).toMatchObject({ code: 'closed', outcome: 'unknown' });
    expect(connection.state).toBe('closed');
  });

  test('closes at once when nothing is open', async () => {
    const { connection } = await slow();
    await reaches(connection, 'open');
    await connection.close({ finishMs: long });
    expect(connection.state).toBe('closed');
  });

  test('waits over a drop for the answer of a session that goes on', async () => {
    const { api, connection, proxy, release, started } = await slow();
    const answer = api.mutation.mutate();
    await started;
    const closing = connection.close({ finishMs: long });
    proxy.cut();
    await reaches(connection, 'waiting');
    release.open();
    expect(await answer).toBe('done');
    await closing;
    expect(connection.state).toBe('closed');
  });

  test('closes when its last call is lost with the session', async () => {
    const { api, connection, proxy, started } = await slow({ windowMs: 0 });
    const fault = faultOf(api.mutation.mutate());
    await started;
    const closing = connection.close({ finishMs: long });
    proxy.cut();
    expect(await fault).toMatchObject({ outcome: 'unknown' });
    await closing;
    expect(connection.state).toBe('closed');
  });

  test('closes when its last call is aborted while it waits for a line', async () => {
    const { api, connection, proxy } = await slow();
    await reaches(connection, 'open');
    proxy.refuse();
    await reaches(connection, 'waiting');
    const controller = new AbortController();
    const fault = faultOf(api.query.query(undefined, { signal: controller.signal }));
    const closing = connection.close({ finishMs: long });
    controller.abort();
    expect(await fault).toMatchObject({ code: 'aborted' });
    await closing;
    expect(connection.state).toBe('closed');
  });

  test('waits for a query that is sent again on another session', async () => {
    const { api, connection, proxy, release, started } = await slow({ windowMs: 0 });
    const answer = api.query.query();
    await started;
    const closing = connection.close({ finishMs: long });
    proxy.cut();
    release.open();
    expect(await answer).toBe('done');
    await closing;
  });

  test('twice waits for the same calls, and closes when they are over', async () => {
    const { api, connection, release, started } = await slow();
    const answer = api.mutation.mutate();
    await started;
    const closings = [connection.close({ finishMs: long }), connection.close({ finishMs: long })];
    release.open();
    expect(await answer).toBe('done');
    await Promise.all(closings);
    expect(connection.state).toBe('closed');
  });

  test('is cut short by a plain close', async () => {
    const { api, connection, started } = await slow();
    const fault = faultOf(api.mutation.mutate());
    await started;
    const closing = connection.close({ finishMs: long });
    await connection.close();
    expect(await fault).toMatchObject({ code: 'closed', outcome: 'unknown' });
    await closing;
  });

  test('of Infinity waits for as long as it takes', async () => {
    const { api, connection, proxy, release, started } = await slow();
    const answer = api.mutation.mutate();
    await started;
    const closing = connection.close({ finishMs: Number.POSITIVE_INFINITY });
    // Longer than the 1 ms that Node's timers make of Infinity.
    for (let i = 0; i < 10; i++) await otherClient(proxy.url);
    expect(connection.state).toBe('open');
    release.open();
    expect(await answer).toBe('done');
    await closing;
  });
});

/** Comes and goes. */
async function otherClient(url: string): Promise<void> {
  const other = connect({ url });
  await reaches(other, 'open');
  await other.close();
}
