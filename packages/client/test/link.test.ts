import { getEventListeners } from 'node:events';
import { serve } from '@hawser/adapter-node';
import { connect, hawserErrorOf, outcomeOf } from '@hawser/client';
import { hawserLink } from '@hawser/client/trpc';
import type { TRPCLink } from '@trpc/client';
import {
  createTRPCClient,
  httpLink,
  isTRPCClientError,
  retryLink,
  splitLink,
  TRPCClientError,
} from '@trpc/client';
import { initTRPC, TRPCError, tracked } from '@trpc/server';
import { observable } from '@trpc/server/observable';
import superjson from 'superjson';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { eventually, here, openDock, reaches } from '../../../test/sockets/dock.ts';
import { fired, Gate } from '../../../test/sockets/gate.ts';
import { TcpProxy } from '../../../test/sockets/tcp-proxy.ts';

const dock = openDock();

function watchedRouter() {
  const t = initTRPC.create({ transformer: superjson });
  const aborted = new Gate();
  const running = new Gate();
  const live = { started: 0, now: 0 };
  const cursors: (string | undefined)[] = [];
  const hold = async (signal: AbortSignal | undefined): Promise<void> => {
    running.open();
    await fired(signal);
    aborted.open();
  };
  const router = t.router({
    tomorrow: t.procedure.input(z.date()).query(({ input }) => new Date(input.getTime() + 86_400_000)),
    nothing: t.procedure.mutation(() => undefined),
    hold: t.procedure.query(({ signal }) => hold(signal)),
    secondTime: t.procedure.mutation(async ({ signal }) => {
      live.started++;
      if (live.started === 1) await hold(signal);
      return live.started;
    }),
    refuse: t.procedure.mutation(() => {
      throw new TRPCError({ code: 'CONFLICT', message: 'Taken' });
    }),
    days: t.procedure.input(z.number()).subscription(async function* ({ input }) {
      for (let i = 0; i < input; i++) yield new Date(i);
    }),
    failing: t.procedure.subscription(async function* () {
      yield 1;
      throw new TRPCError({ code: 'FORBIDDEN', message: 'No more' });
    }),
    watch: t.procedure
      .input(z.object({ lastEventId: z.string().optional() }).optional())
      .subscription(async function* ({ input, signal }) {
        live.started++;
        live.now++;
        cursors.push(input?.lastEventId);
        try {
          const next = Number(input?.lastEventId ?? 0) + 1;
          yield tracked(String(next), { at: new Date(next) });
          yield 'untracked';
          await fired(signal);
        } finally {
          live.now--;
        }
      }),
  });
  return { router, live, cursors, running: running.passed, aborted: aborted.passed };
}

type Router = ReturnType<typeof watchedRouter>['router'];

async function open(...before: TRPCLink<Router>[]) {
  const { router, ...watch } = watchedRouter();
  const server = dock.keep(await serve({ router, ...here, onError: () => {} }));
  const proxy = dock.keep(await TcpProxy.to(server.port));
  const connection = dock.keep(connect({ url: proxy.url, onError: () => {} }));
  await reaches(connection, 'open');
  const link = hawserLink<Router>({ connection, transformer: superjson });
  const client = createTRPCClient<Router>({ links: [...before, link] });
  return { ...watch, server, proxy, connection, link, client };
}

async function rejected(call: Promise<unknown>): Promise<TRPCClientError<Router>> {
  const error: unknown = await call.then(
    () => undefined,
    (it: unknown) => it,
  );
  if (!isTRPCClientError<Router>(error)) throw new Error('Not rejected by tRPC’s error', { cause: error });
  return error;
}

describe('tRPC’s client over the link', () => {
  test('makes queries and mutations, through the transformer', async () => {
    const { client } = await open();
    expect(await client.tomorrow.query(new Date(0))).toEqual(new Date(86_400_000));
    expect(await client.nothing.mutate()).toBeUndefined();
  });

  test('rejects with the server’s error as tRPC’s own links do', async () => {
    const { client } = await open();
    const error = await rejected(client.refuse.mutate());
    expect(error).toBeInstanceOf(TRPCClientError);
    expect(error.message).toBe('Taken');
    expect(error.data).toMatchObject({ code: 'CONFLICT', httpStatus: 409, path: 'refuse' });
    expect(error.shape).toMatchObject({ code: -32009 });
    expect(outcomeOf(error)).toBeUndefined();
  });

  test('an abort rejects at once with its reason, and fires the handler’s signal', async () => {
    const { client, running, aborted } = await open();
    const controller = new AbortController();
    const call = rejected(client.hold.query(undefined, { signal: controller.signal }));
    await running;
    const reason = new Error('The user went away');
    controller.abort(reason);
    expect(hawserErrorOf(await call)).toMatchObject({ code: 'aborted', outcome: 'unknown', cause: reason });
    await aborted;
  });

  test('an abort before the call rejects it', async () => {
    const { client, live } = await open();
    const call = rejected(client.hold.query(undefined, { signal: AbortSignal.abort() }));
    expect(hawserErrorOf(await call)).toMatchObject({ code: 'aborted', outcome: 'not-run' });
    expect(live.started).toBe(0);
  });

  test('an input that cannot be serialised rejects that call alone', async () => {
    const { client } = await open();
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
    const { client, connection } = await open();
    await connection.close();
    expect(hawserErrorOf(await rejected(client.nothing.mutate()))).toMatchObject({ code: 'closed' });
    const told = new Gate<unknown>();
    client.watch.subscribe(undefined, { onError: (error) => told.open(error) });
    expect(hawserErrorOf(await told.passed)).toMatchObject({ code: 'closed', outcome: 'not-run' });
  });
});

describe('a subscription over the link', () => {
  test('tells pending, started, each item, stopped and complete', async () => {
    const { client } = await open();
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
    const { client } = await open();
    const items: Date[] = [];
    for await (const item of client.days.subscribe(3)) items.push(item);
    expect(items).toEqual([new Date(0), new Date(1), new Date(2)]);
  });

  test('`break` in the loop ends it at the server', async () => {
    const { client, live } = await open();
    for await (const _ of client.watch.subscribe()) break;
    await eventually(() => expect(live).toEqual({ started: 1, now: 0 }));
  });

  test('an abort of the loop’s signal ends it at the server', async () => {
    const { client, live } = await open();
    const controller = new AbortController();
    const loop = (async () => {
      for await (const _ of client.watch.subscribe(undefined, { signal: controller.signal }))
        controller.abort();
    })();
    await loop.catch(() => {});
    await eventually(() => expect(live).toEqual({ started: 1, now: 0 }));
  });

  test('a signal that is aborted already completes it, and nothing starts', async () => {
    const { client, live } = await open();
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
    const { client, live } = await open();
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
    const { client, live } = await open();
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
    const { client } = await open();
    const items: number[] = [];
    const error = await new Promise<TRPCClientError<Router>>((resolve) => {
      client.failing.subscribe(undefined, { onData: (item) => items.push(item), onError: resolve });
    });
    expect(items).toEqual([1]);
    expect(error.data).toMatchObject({ code: 'FORBIDDEN' });
  });

  test('goes on over a drop from its last tracked id, and is told `started` again', async () => {
    const { client, proxy, cursors } = await open();
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
    const { client, proxy } = await open();
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
    const { client, live } = await open();
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
  const { client } = await open();
  const { signal } = new AbortController();
  await client.nothing.mutate(undefined, { signal });
  for await (const _ of client.days.subscribe(1, { signal }));
  client.watch.subscribe(undefined, { signal, onData: () => {} }).unsubscribe();
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

describe('the link among others', () => {
  test('retryLink makes a lost mutation again, when its user says so, and no error of the server', async () => {
    const retry = retryLink<Router>({ retry: ({ error }) => outcomeOf(error) !== undefined });
    const { client, proxy, running } = await open(retry);
    expect((await rejected(client.refuse.mutate())).data).toMatchObject({ code: 'CONFLICT' });
    const answer = client.secondTime.mutate();
    await running;
    proxy.cut();
    expect(await answer).toBe(2);
  });

  test('retryLink restarts a subscription that failed, from its last tracked id', async () => {
    const retry = retryLink<Router>({ retry: ({ attempts }) => attempts < 2 });
    const { client, cursors } = await open(retry);
    const told: unknown[] = [];
    client.watch.subscribe(undefined, {
      onData(item) {
        told.push(item);
        if (told.length === 2) throw new Error('Once');
      },
      onError: (error) => told.push(error),
    });
    await eventually(() => expect(told).toHaveLength(4));
    const [first, second] = [1, 2].map((id) => ({ id: String(id), data: { at: new Date(id) } }));
    expect(told).toEqual([first, 'untracked', second, 'untracked']);
    expect(cursors).toEqual([undefined, '1']);
  });

  test('a link that loses its patience cancels the call at the server', async () => {
    const patience = new Gate();
    const impatient: TRPCLink<Router> =
      () =>
      ({ op, next }) =>
        observable((observer) => {
          const call = next(op).subscribe(observer);
          void patience.passed.then(() => call.unsubscribe());
        });
    const { client, running, aborted } = await open(impatient);
    void client.hold.query();
    await running;
    patience.open();
    await aborted;
  });

  test('splitLink sends what it should over this one, and the rest elsewhere', async () => {
    const elsewhere: string[] = [];
    const other: TRPCLink<Router> = () => (operation) =>
      observable((observer) => {
        elsewhere.push(operation.op.path);
        observer.next({ result: { type: 'data', data: undefined } });
        observer.complete();
      });
    const { link, connection } = await open();
    const split = splitLink<Router>({ condition: (op) => op.type === 'mutation', true: other, false: link });
    const client = createTRPCClient<Router>({ links: [split] });
    await client.nothing.mutate();
    expect(await client.tomorrow.query(new Date(0))).toEqual(new Date(86_400_000));
    for await (const _ of client.days.subscribe(1));
    expect([elsewhere, connection.state]).toEqual([['nothing'], 'open']);
  });

  test('two links on one connection share its socket, also with httpLink beside them', async () => {
    const { connection, proxy, server, client } = await open();
    const second = createTRPCClient<Router>({
      links: [
        splitLink({
          condition: (op) => op.context['http'] === true,
          true: httpLink({ url: 'http://127.0.0.1:1', transformer: superjson }),
          false: hawserLink({ connection, transformer: superjson }),
        }),
      ],
    });
    const answers = await Promise.all([
      client.tomorrow.query(new Date(0)),
      second.tomorrow.query(new Date(1)),
    ]);
    expect(answers).toEqual([new Date(86_400_000), new Date(86_400_001)]);
    expect([proxy.dials, server.sessions]).toEqual([1, 1]);
  });
});
