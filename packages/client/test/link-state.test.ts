import type { Connection } from '@hawser/client';
import { connect, outcomeOf } from '@hawser/client';
import { hawserLink } from '@hawser/client/trpc';
import { createTRPCClient } from '@trpc/client';
import { initTRPC } from '@trpc/server';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { scriptedSockets, settled, welcome } from './scripted-web-socket.ts';

const t = initTRPC.create();
const router = t.router({
  ticks: t.procedure
    .input(z.object({ symbol: z.string() }))
    .subscription(async function* (): AsyncGenerator<string> {}),
});

const connections: Connection[] = [];

beforeEach(() => vi.useFakeTimers());

afterEach(async () => {
  for (const connection of connections.splice(0)) await connection.close();
  vi.advanceTimersByTime(2000);
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

/** A client over the link whose subscription writes down what it is told. */
function open() {
  const { WebSocket, sockets, last } = scriptedSockets();
  const connection = connect({ url: 'ws://server.example', WebSocket, onError: () => {} });
  connections.push(connection);
  const client = createTRPCClient<typeof router>({ links: [hawserLink({ connection })] });
  const told: string[] = [];
  const errors: unknown[] = [];
  const subscribe = () =>
    client.ticks.subscribe(
      { symbol: 'ACME' },
      {
        onConnectionStateChange({ state, error }) {
          told.push(state);
          if (error) errors.push(error);
        },
        onStarted: () => told.push('started'),
        onData: (item) => told.push(`data ${JSON.stringify(item)}`),
        onStopped: () => told.push('stopped'),
        onComplete: () => told.push('complete'),
        onError: (error) => {
          told.push('error');
          errors.push(error);
        },
      },
    );
  return { connection, sockets, last, told, errors, subscribe };
}

/** What was told since the last time. */
function since(told: string[]): string[] {
  return told.splice(0);
}

async function started(limits: Record<string, number> = {}) {
  const line = open();
  line.last().welcome(limits);
  const subscription = line.subscribe();
  await settled();
  line.last().receive([
    [6, 1],
    [7, 1, 'a'],
  ]);
  expect(since(line.told)).toEqual(['pending', 'started', 'data "a"']);
  return { ...line, subscription };
}

describe('the state that a subscription over the link is told', () => {
  test('on an open connection is `pending` alone, at once', () => {
    const { told, last, subscribe } = open();
    last().welcome();
    subscribe();
    expect(told).toEqual(['pending']);
  });

  test('on the first connect is `connecting`, `pending`, then `started`', async () => {
    const { told, errors, last, subscribe } = open();
    subscribe();
    expect(since(told)).toEqual(['connecting']);
    last().welcome();
    expect(since(told)).toEqual(['pending']);
    await settled();
    expect(last().messages).toEqual([[3, 1, 'ticks', { symbol: 'ACME' }]]);
    last().receive([[6, 1]]);
    expect(since(told)).toEqual(['started']);
    expect(errors).toEqual([]);
  });

  test('is silent for the first second of a drop, then `connecting` with an error', async () => {
    const { told, errors, last, sockets } = await started();
    last().drop();
    for (let ms = 0; ms < 999; ms++) failNext(sockets, 1);
    expect(since(told)).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(since(told)).toEqual(['connecting']);
    expect(errors).toMatchObject([{ name: 'TRPCClientError', cause: { reason: 'dropped' } }]);
  });

  test('after an outage is `pending` and `started`, and once more when the call was made again', async () => {
    const { told, errors, last, sockets } = await started();
    last().drop();
    outage(sockets);
    since(told);
    await back(sockets);
    expect(since(told)).toEqual(['pending', 'started']);
    last().receive([
      [6, 1],
      [7, 1, 'b'],
    ]);
    expect(since(told)).toEqual(['started', 'data "b"']);
    expect(errors).toHaveLength(1);
  });

  test('after an outage that the session survived is `pending` and `started`, though nothing starts again', async () => {
    const { told, last, sockets } = await started({ window: 60_000 });
    last().drop();
    outage(sockets);
    expect(since(told)).toEqual(['connecting']);
    await back(sockets, resumed);
    expect(since(told)).toEqual(['pending', 'started']);
    expect(last().messages).toEqual([]);
    last().receive([[7, 1, 'b']]);
    expect(since(told)).toEqual(['data "b"']);
  });

  test('after an outage before it had started is not `started` before it is', async () => {
    const { told, last, sockets, subscribe } = open();
    last().welcome({ window: 60_000 });
    subscribe();
    await settled();
    last().drop();
    outage(sockets);
    expect(since(told)).toEqual(['pending', 'connecting']);
    await back(sockets, { ...resumed, sent: 0 });
    expect(since(told)).toEqual(['pending']);
    last().receive([[6, 1]]);
    expect(since(told)).toEqual(['started']);
  });

  test('at a drop within the second that the session survived is nothing at all', async () => {
    const { told, errors, sockets, last } = await started({ window: 60_000 });
    last().drop();
    await back(sockets, resumed);
    vi.advanceTimersByTime(1500);
    last().receive([[7, 1, 'b']]);
    expect([since(told), errors]).toEqual([['data "b"'], []]);
  });

  test('at a drop that is over within the second is nothing but `started`', async () => {
    const { told, errors, sockets, last } = await started();
    last().drop();
    await back(sockets);
    vi.advanceTimersByTime(1500);
    expect(since(told)).toEqual([]);
    last().receive([[6, 1]]);
    expect([since(told), errors]).toEqual([['started'], []]);
  });

  test('tells `connecting` once, however many dials fail', async () => {
    const { told, last, sockets } = await started();
    last().drop();
    for (let i = 0; i < 5000; i++) failNext(sockets, 1);
    expect(sockets.length).toBeGreaterThan(3);
    expect(since(told)).toEqual(['connecting']);
  });

  test('is nothing any more after `unsubscribe`, not even when the quiet second ends', async () => {
    const { told, last, subscription } = await started();
    last().drop();
    const timers = vi.getTimerCount();
    subscription.unsubscribe();
    expect(vi.getTimerCount()).toBe(timers - 1);
    expect(since(told)).toEqual(['complete']);
    vi.advanceTimersByTime(1500);
    expect(since(told)).toEqual([]);
  });

  test('goes on from a tracked event: its id travels beside the input', async () => {
    const { told, last, sockets } = await started();
    last().receive([
      [7, 1, 'b', '17'],
      [7, 1, 'c'],
    ]);
    expect(since(told)).toEqual(['data {"id":"17","data":"b"}', 'data "c"']);
    last().drop();
    await back(sockets);
    expect(last().messages).toEqual([[3, 1, 'ticks', { symbol: 'ACME' }, { after: '17' }]]);
  });

  test('a refusal ends the subscription with the server’s error', async () => {
    const { told, errors, last, sockets } = await started();
    last().drop();
    vi.advanceTimersByTime(50);
    last().open();
    const shape = { message: 'Token expired', code: -32001, data: { code: 'UNAUTHORIZED', httpStatus: 401 } };
    last().receive(['bye', 'unauthorized', shape]);
    await settled();
    expect(since(told)).toEqual(['error']);
    expect(errors).toMatchObject([{ message: 'Token expired', data: { code: 'UNAUTHORIZED' } }]);
    vi.advanceTimersByTime(60_000);
    expect(sockets).toHaveLength(2);
  });

  test('the end of the stream is `stopped`, then `complete`', async () => {
    const { told, last } = await started();
    last().receive([[8, 1]]);
    expect(since(told)).toEqual(['stopped', 'complete']);
    last().drop();
    vi.advanceTimersByTime(1500);
    expect(since(told)).toEqual([]);
  });

  test('closing the connection is an error, with its outcome', async () => {
    const { told, errors, connection } = await started();
    await connection.close();
    expect(since(told)).toEqual(['error']);
    expect(outcomeOf(errors[0])).toBe('unknown');
  });
});

/** Lets so many ms pass; whatever was dialled meanwhile fails. */
function failNext(sockets: ReturnType<typeof scriptedSockets>['sockets'], ms: number): void {
  vi.advanceTimersByTime(ms);
  const socket = sockets.at(-1);
  if (socket?.readyState === 0) socket.drop();
}

/** Lets a drop last for longer than it is kept quiet. */
function outage(sockets: ReturnType<typeof scriptedSockets>['sockets']): void {
  for (let ms = 0; ms < 1000; ms++) failNext(sockets, 1);
}

/** Lets the next dial come through, and has it answered by `welcome` with these fields. */
async function back(
  sockets: ReturnType<typeof scriptedSockets>['sockets'],
  fields: Record<string, unknown> = {},
): Promise<void> {
  while (sockets.at(-1)?.readyState !== 0) vi.advanceTimersByTime(1);
  const socket = sockets.at(-1);
  socket?.open();
  socket?.receive(welcome({}, fields));
  await settled();
}

/** The session was resumed: the server has what left, and sent what arrived. */
const resumed = { resumed: true, sent: 1, received: 1, limits: { window: 60_000 } };
