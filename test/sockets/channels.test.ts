import type { HawserServer, ServerSession } from '@hawser/adapter-node';
import { channel, channels, serve } from '@hawser/adapter-node';
import { connect, createClient, hawserErrorOf } from '@hawser/client';
import { hawserLink } from '@hawser/client/trpc';
import { createTRPCClient } from '@trpc/client';
import { initTRPC } from '@trpc/server';
import superjson from 'superjson';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { eventually, here, openDock, reaches } from './dock.ts';
import { TcpProxy } from './tcp-proxy.ts';

const dock = openDock();

const t = initTRPC
  .context<{ readonly session: ServerSession }>()
  .create({ transformer: superjson, isDev: false });

const message = z.object({ text: z.string(), at: z.date(), photo: z.instanceof(Uint8Array).optional() });

/** What one process of the server has: rooms, and procedures that return their subscriptions. */
function chat() {
  const rooms = channels({
    event: message,
    presence: z.object({ since: z.date() }),
    keep: { events: 10 },
    transformer: superjson,
  });
  const numbers = channel({ event: z.number(), transformer: superjson });
  const inRoom = z.object({ room: z.string() });
  const router = t.router({
    // No `lastEventId` in its input: what the client brings is stripped, and counts all the same.
    messages: t.procedure.input(inRoom).subscription(({ input }) => rooms.at(input.room).subscribe()),
    strict: t.procedure
      .input(z.strictObject({ room: z.string() }))
      .subscription(({ input }) => rooms.at(input.room).subscribe()),
    after: t.procedure
      .input(inRoom.extend({ lastEventId: z.string().nullish() }))
      .subscription(({ input }) => rooms.at(input.room).subscribe({ after: input.lastEventId, replay: 100 })),
    enter: t.procedure
      .input(inRoom.extend({ name: z.string() }))
      .subscription(({ input: { room, name } }) =>
        rooms.at(room).subscribe({ present: { id: name, meta: { since: new Date(5) } } }),
      ),
    presence: t.procedure
      .input(inRoom)
      .subscription(({ input }) => rooms.at(input.room).presence.subscribe()),
    state: t.procedure.subscription(() => numbers.subscribe({ snapshot: () => -1 })),
  });
  const say = async (...texts: readonly string[]): Promise<string> => {
    let id = '';
    for (const text of texts) id = await rooms.at('a').publish({ text, at: new Date(7) });
    return id;
  };
  return { rooms, numbers, router, say };
}

type Chat = ReturnType<typeof chat>;
type Router = Chat['router'];

interface Process extends Chat {
  readonly server: HawserServer;
  readonly sessions: ServerSession[];
}

async function start(windowMs: number): Promise<Process> {
  const made = chat();
  const sessions: ServerSession[] = [];
  const server = dock.keep(
    await serve({
      router: made.router,
      ...here,
      windowMs,
      onError: () => {},
      createContext: ({ session }) => {
        sessions.push(session);
        return { session };
      },
    }),
  );
  return { ...made, server, sessions };
}

async function open(windowMs = 60_000) {
  const first = await start(windowMs);
  const proxy = dock.keep(await TcpProxy.to(first.server.port));
  const connection = dock.keep(connect({ url: proxy.url, onError: () => {} }));
  await reaches(connection, 'open');
  const api = createClient<Router>(connection, { transformer: superjson });
  return { ...first, proxy, connection, api };
}

interface Event {
  readonly id: string;
  readonly data: { readonly text: string };
}

/** What a subscriber is told, in words. */
class Ear {
  readonly told: string[] = [];

  get withGaps() {
    const onGap = ({ reason, count }: { reason: string; count: number | undefined }): void =>
      void this.told.push(count === undefined ? `gap ${reason}` : `gap ${reason} ${count}`);
    return { ...this.callbacks, onGap };
  }

  get callbacks() {
    return {
      onStarted: () => void this.told.push('started'),
      onData: ({ data }: Event) => void this.told.push(data.text),
      onError: (error: unknown) => {
        const fault = hawserErrorOf(error);
        this.told.push(`${fault?.code} ${fault?.reason}`);
      },
      onComplete: () => void this.told.push('complete'),
    };
  }

  hears(...words: readonly string[]): Promise<void> {
    return eventually(() => expect(this.told).toEqual(words));
  }
}

describe('a channel over sockets', () => {
  test('gives events with their ids, as they were published', async () => {
    const { api, rooms } = await open();
    const events = api.messages.subscribe({ room: 'a' });
    const first = events.next();
    await eventually(() => expect(rooms.at('a').subscribers).toBe(1));
    const photo = new Uint8Array([1, 2, 3]);
    const id = await rooms.at('a').publish({ text: 'look', at: new Date(7), photo });
    expect(await first).toEqual({
      done: false,
      value: { id, data: { text: 'look', at: new Date(7), photo } },
    });
    await events.return?.();
    await eventually(() => expect(rooms.at('a').subscribers).toBe(0));
  });

  test('goes on over the next socket, with nothing missed and nothing twice', async () => {
    const { api, proxy, connection, say, sessions, rooms } = await open();
    const ear = new Ear();
    const subscription = api.messages.subscribe({ room: 'a' }, ear.callbacks);
    await ear.hears('started');
    await say('1');
    await ear.hears('started', '1');
    proxy.refuse();
    await say('2');
    await reaches(connection, 'waiting');
    await say('3');
    proxy.accept();
    await ear.hears('started', '1', '2', '3');
    await say('4');
    await ear.hears('started', '1', '2', '3', '4');
    expect([new Set(sessions).size, rooms.at('a').subscribers]).toEqual([1, 1]);
    subscription.unsubscribe();
  });

  test('is not torn by cuts in the middle of what is sent', async () => {
    const { api, proxy, connection, numbers, sessions } = await open();
    const told: number[] = [];
    const subscription = api.state.subscribe(undefined, { onData: ({ data }) => told.push(data) });
    const expected = [-1];
    await eventually(() => expect(told).toEqual(expected));
    for (const bytes of [100, 1_000, 3_000]) {
      const { dials } = proxy;
      proxy.cutAfter(bytes);
      for (let n = 0; n < 200; n++) {
        expected.push(n);
        await numbers.publish(n);
      }
      await eventually(() => expect(told).toEqual(expected));
      expect(proxy.dials).toBeGreaterThan(dials);
    }
    expect([new Set(sessions).size, connection.state]).toEqual([1, 'open']);
    subscription.unsubscribe();
  });
});

describe('a session that is lost', () => {
  test('by its window, and by its server’s word, is continued by the client’s own cursor', async () => {
    for (const windowMs of [0, 60_000]) {
      const { api, proxy, connection, say, sessions, rooms } = await open(windowMs);
      const ears = [new Ear(), new Ear(), new Ear()];
      api.messages.subscribe({ room: 'a' }, ears[0]?.callbacks ?? {});
      api.strict.subscribe({ room: 'a' }, ears[1]?.callbacks ?? {});
      api.after.subscribe({ room: 'a' }, ears[2]?.callbacks ?? {});
      for (const ear of ears) await ear.hears('started');
      proxy.refuse();
      if (windowMs > 0) sessions[0]?.close();
      await eventually(() => expect(rooms.at('a').subscribers).toBe(0));
      await say('1', '2');
      await reaches(connection, 'waiting');
      proxy.accept();
      for (const ear of ears) await ear.hears('started', 'started', '1', '2');
      sessions.at(-1)?.close();
      await eventually(() => expect(rooms.at('a').subscribers).toBe(0));
      await say('3');
      for (const ear of ears) await ear.hears('started', 'started', '1', '2', 'started', '3');
      await connection.close();
    }
  });

  test('for too long is a gap, which `onGap` is told, and which ends a subscription without it', async () => {
    const { api, proxy, connection, say, rooms } = await open(0);
    const [hears, deaf] = [new Ear(), new Ear()];
    api.messages.subscribe({ room: 'a' }, hears.withGaps);
    api.messages.subscribe({ room: 'a' }, deaf.callbacks);
    for (const ear of [hears, deaf]) await ear.hears('started');
    await say('1');
    for (const ear of [hears, deaf]) await ear.hears('started', '1');
    proxy.refuse();
    await eventually(() => expect(rooms.at('a').subscribers).toBe(0));
    await say(...Array.from({ length: 13 }, (_, n) => `${n + 2}`));
    await reaches(connection, 'waiting');
    proxy.accept();
    const kept = Array.from({ length: 10 }, (_, n) => `${n + 5}`);
    await hears.hears('started', '1', 'started', 'gap expired 3', ...kept);
    await deaf.hears('started', '1', 'started', 'gap expired');
    await eventually(() => expect(rooms.at('a').subscribers).toBe(1));
  });
});

describe('a server that is started anew', () => {
  test('is a gap: what was published before is gone', async () => {
    const { api, proxy, say, server } = await open();
    const [hears, deaf] = [new Ear(), new Ear()];
    const states: number[] = [];
    api.messages.subscribe({ room: 'a' }, hears.withGaps);
    api.messages.subscribe({ room: 'a' }, deaf.callbacks);
    api.state.subscribe(undefined, { onData: ({ data }) => states.push(data) });
    for (const ear of [hears, deaf]) await ear.hears('started');
    await say('1');
    for (const ear of [hears, deaf]) await ear.hears('started', '1');
    await eventually(() => expect(states).toEqual([-1]));
    proxy.refuse();
    await server.close();
    const second = await start(60_000);
    await second.say('new');
    proxy.accept(second.server.port);
    await hears.hears('started', '1', 'started', 'gap restarted', 'new');
    await deaf.hears('started', '1', 'started', 'gap restarted');
    await eventually(() => expect(states).toEqual([-1, -1]));
    await second.say('newer');
    await hears.hears('started', '1', 'started', 'gap restarted', 'new', 'newer');
  });
});

describe('presence over sockets', () => {
  interface Told {
    readonly data:
      | { readonly type: 'here'; readonly members: readonly { readonly id: string }[] }
      | { readonly type: 'join' | 'update' | 'leave'; readonly id: string };
  }

  const inWords = ({ data }: Told): string =>
    data.type === 'here' ? `here ${data.members.map(({ id }) => id)}` : `${data.type} ${data.id}`;

  test('does not flicker when a line drops, and tells once who has gone', async () => {
    const { api, rooms, server, proxy } = await open();
    const told: string[] = [];
    api.presence.subscribe({ room: 'a' }, { onData: (event) => told.push(inWords(event)) });
    await eventually(() => expect(told).toEqual(['here ']));
    const other = dock.keep(await TcpProxy.to(server.port));
    const tabs = [1, 2].map(() => dock.keep(connect({ url: other.url, onError: () => {} })));
    for (const tab of tabs) {
      createClient<Router>(tab, { transformer: superjson }).enter.subscribe(
        { room: 'a', name: 'ada' },
        { onData: () => {} },
      );
    }
    const { presence } = rooms.at('a');
    await eventually(() => expect(rooms.at('a').subscribers).toBe(2));
    expect(presence.members).toEqual(new Map([['ada', { since: new Date(5) }]]));
    for (const line of [other, proxy, other]) {
      line.refuse();
      await Promise.all(line === other ? tabs.map((tab) => reaches(tab, 'waiting')) : []);
      line.accept();
      await Promise.all(tabs.map((tab) => reaches(tab, 'open')));
    }
    await tabs[0]?.close();
    await eventually(() => expect(rooms.at('a').subscribers).toBe(1));
    expect([...presence.members.keys()]).toEqual(['ada']);
    await tabs[1]?.close();
    await eventually(() => expect(told).toEqual(['here ', 'join ada', 'leave ada']));
    expect(presence.size).toBe(0);
  });
});

describe('over hawserLink', () => {
  test('events come as tRPC’s own tracked ones, and go on after a gap', async () => {
    const { connection, say, sessions, rooms } = await open();
    const client = createTRPCClient<Router>({ links: [hawserLink({ connection, transformer: superjson })] });
    const events: { readonly id: string; readonly data: { readonly at: Date } }[] = [];
    const ear = new Ear();
    const { onData, onError } = ear.callbacks;
    const subscription = client.after.subscribe(
      { room: 'a', lastEventId: null },
      { onData: (event) => events.push(event) > 0 && onData(event), onError },
    );
    await eventually(() => expect(rooms.at('a').subscribers).toBe(1));
    const id = await say('1');
    await ear.hears('1');
    expect(events).toEqual([{ id, data: { text: '1', at: new Date(7) } }]);
    sessions[0]?.close();
    await eventually(() => expect(rooms.at('a').subscribers).toBe(0));
    await say('2');
    await ear.hears('1', '2');
    sessions.at(-1)?.close();
    await eventually(() => expect(rooms.at('a').subscribers).toBe(0));
    await say(...Array.from({ length: 12 }, (_, n) => `${n + 3}`));
    await ear.hears('1', '2', ...Array.from({ length: 10 }, (_, n) => `${n + 5}`));
    subscription.unsubscribe();
    const again = new Ear();
    const input = { room: 'a', lastEventId: events.at(-2)?.id };
    const resumed = client.after.subscribe(input, { onData: again.callbacks.onData });
    await again.hears('14');
    resumed.unsubscribe();
    await eventually(() => expect(rooms.at('a').subscribers).toBe(0));
  });
});
