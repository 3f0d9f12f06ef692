import { serve } from '@hawser/adapter-node';
import { connect, createClient } from '@hawser/client';
import { initTRPC } from '@trpc/server';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { eventually, here, openDock, reaches } from './dock.ts';
import { fired, Gate } from './gate.ts';

const dock = openDock();

/** The window that a stream has at first, PROTOCOL.md 12.3. */
const firstItems = 64;
const firstBytes = 262_144;

async function open() {
  const t = initTRPC.create();
  const pulled = { items: 0, returned: 0 };
  const router = t.router({
    ping: t.procedure.query(() => 'pong'),
    endless: t.procedure.input(z.number()).subscription(async function* ({ input }) {
      const item = 'x'.repeat(input);
      try {
        for (;;) {
          pulled.items++;
          yield `${pulled.items}${item}`;
        }
      } finally {
        pulled.returned++;
      }
    }),
    waits: t.procedure.subscription(async function* ({ signal }) {
      try {
        yield 1;
        await fired(signal);
      } finally {
        pulled.returned++;
      }
    }),
    few: t.procedure.input(z.number()).subscription(async function* ({ input }) {
      for (let i = 0; i < input; i++) yield i;
    }),
  });
  const server = dock.keep(await serve({ router, ...here }));
  const connection = dock.keep(connect({ url: server.url, onError: () => {} }));
  await reaches(connection, 'open');
  return { pulled, api: createClient<typeof router>(connection) };
}

/** Pulls stand still over many round trips of the same socket, all of which came after the last pull. */
async function standsStill(
  api: Awaited<ReturnType<typeof open>>['api'],
  pulled: { items: number },
): Promise<number> {
  for (;;) {
    const before = pulled.items;
    for (let i = 0; i < 20; i++) await api.ping.query();
    if (pulled.items === before) return before;
  }
}

describe('a subscriber that does not take its items', () => {
  test('in a loop: the generator is pulled for the first window and no further', async () => {
    const { api, pulled } = await open();
    const iterator = api.endless.subscribe(0);
    expect(await iterator.next()).toMatchObject({ done: false });
    const most = await standsStill(api, pulled);
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(firstItems + 1);
    await iterator.return?.();
  });

  test('with callbacks: a pending promise of `onData` stops the generator likewise', async () => {
    const { api, pulled } = await open();
    const taken: string[] = [];
    const consumed = new Gate();
    const subscription = api.endless.subscribe(0, {
      onData: (item) => {
        taken.push(item);
        return consumed.passed;
      },
    });
    await eventually(() => expect(taken).toEqual(['1']));
    expect(await standsStill(api, pulled)).toBeLessThanOrEqual(firstItems + 1);
    expect(taken).toEqual(['1']);
    consumed.open();
    await eventually(() => expect(taken.length).toBeGreaterThan(2 * firstItems));
    subscription.unsubscribe();
    await eventually(() => expect(pulled.returned).toBe(1));
  });

  test('large items count by their bytes', async () => {
    const { api, pulled } = await open();
    const iterator = api.endless.subscribe(65_536);
    await iterator.next();
    expect(await standsStill(api, pulled)).toBeLessThanOrEqual(firstBytes / 65_536 + 2);
    await iterator.return?.();
  });

  test('does not hold up another stream on the same socket', async () => {
    const { api } = await open();
    const stalled = api.endless.subscribe(1000);
    await stalled.next();
    const items: number[] = [];
    for await (const item of api.few.subscribe(1000)) items.push(item);
    expect(items).toHaveLength(1000);
    await stalled.return?.();
  });
});

describe('a stream that is taken', () => {
  test('goes far past the first window, in order, none missing', async () => {
    const { api } = await open();
    let next = 0;
    for await (const item of api.few.subscribe(20_000)) expect(item).toBe(next++);
    expect(next).toBe(20_000);
  });

  test('one that never waits leaves the server able to answer', async () => {
    const { api } = await open();
    const subscription = api.endless.subscribe(0, { onData: () => {} });
    for (let i = 0; i < 20; i++) expect(await api.ping.query()).toBe('pong');
    subscription.unsubscribe();
  });
});

describe('leaving a stream', () => {
  test('`break` in a loop runs the generator’s finally', async () => {
    const { api, pulled } = await open();
    for await (const _ of api.endless.subscribe(0)) break;
    await eventually(() => expect(pulled.returned).toBe(1));
  });

  test('`break` runs it although the generator waits', async () => {
    const { api, pulled } = await open();
    for await (const _ of api.waits.subscribe()) break;
    await eventually(() => expect(pulled.returned).toBe(1));
  });

  test('a throw in the loop runs it', async () => {
    const { api, pulled } = await open();
    const loop = async (): Promise<void> => {
      for await (const _ of api.waits.subscribe()) throw new Error('Enough');
    };
    await expect(loop()).rejects.toThrow('Enough');
    await eventually(() => expect(pulled.returned).toBe(1));
  });

  test('`unsubscribe` runs it, and nothing is told any more', async () => {
    const { api, pulled } = await open();
    const told: unknown[] = [];
    await new Promise<void>((resolve) => {
      const subscription = api.endless.subscribe(0, {
        onData: (item) => {
          told.push(item);
          subscription.unsubscribe();
          resolve();
        },
        onStopped: () => told.push('stopped'),
        onComplete: () => told.push('complete'),
        onError: (error) => told.push(error),
      });
    });
    await eventually(() => expect(pulled.returned).toBe(1));
    expect(await api.ping.query()).toBe('pong');
    expect(told).toEqual(['1']);
  });

  test.each(['unsubscribe', 'abort'])(
    '%s while `onData` is pending: the items that wait are not told',
    async (how) => {
      const { api, pulled } = await open();
      const controller = new AbortController();
      const consumed = new Gate();
      const told: unknown[] = [];
      const subscription = api.endless.subscribe(0, {
        signal: controller.signal,
        onData(item) {
          told.push(item);
          return consumed.passed;
        },
        onStopped: () => told.push('stopped'),
        onComplete: () => told.push('complete'),
        onError: (error) => told.push(error),
      });
      await eventually(() => expect(told).toEqual(['1']));
      await standsStill(api, pulled);
      if (how === 'abort') controller.abort();
      else subscription.unsubscribe();
      consumed.open();
      await eventually(() => expect(pulled.returned).toBe(1));
      expect(told).toEqual(['1']);
    },
  );

  test('`return` before the first `next` never starts it', async () => {
    const { api, pulled } = await open();
    await api.endless.subscribe(0).return?.();
    expect(await api.ping.query()).toBe('pong');
    expect(pulled).toEqual({ items: 0, returned: 0 });
  });

  test('an iterable that nobody iterates never starts it', async () => {
    const { api, pulled } = await open();
    api.endless.subscribe(0);
    expect(await api.ping.query()).toBe('pong');
    expect(pulled.items).toBe(0);
  });

  test('an iterable is for one loop: a second one is an error, not a second subscription', async () => {
    const { api } = await open();
    const items = api.few.subscribe(2);
    for await (const _ of items);
    expect(() => items[Symbol.asyncIterator]()).toThrow(/once/);
  });
});
