import type { Channel, KeyedChannel, Member, PresenceEvent } from '@hawser/adapter-node';
import { channel, channels, Presence } from '@hawser/adapter-node';
import type { Client } from '@hawser/client';
import type { TRPCClient } from '@trpc/client';
import type { TrackedEnvelope } from '@trpc/server';
import { initTRPC } from '@trpc/server';
import superjson from 'superjson';
import * as v from 'valibot';
import { expectTypeOf, test } from 'vitest';
import { z } from 'zod';

/** What is published and what comes out differ. */
const message = z.object({
  text: z.string(),
  at: z.coerce.date<string>(),
  photo: z.instanceof(Uint8Array).optional(),
  tags: z.string().array().default([]),
});
const meta = z.object({ name: z.string(), since: z.date(), admin: z.boolean().default(false) });

interface Published {
  text: string;
  at: string;
  photo?: Uint8Array<ArrayBuffer> | undefined;
  tags?: string[] | undefined;
}

interface Out {
  text: string;
  at: Date;
  photo?: Uint8Array<ArrayBuffer> | undefined;
  tags: string[];
}

interface Meta {
  name: string;
  since: Date;
  admin: boolean;
}

const news = channel({ event: message });
const rooms = channels({ event: message, presence: meta, key: (event) => event.at.getTime() });
const plainRooms = channels({ event: v.number() });

const plain = initTRPC.create();
const rich = initTRPC.create({ transformer: superjson });
type Builder = typeof plain.procedure;

const procedures = (procedure: Builder) => ({
  news: procedure.subscription(() => news.subscribe()),
  messages: procedure
    .input(z.object({ room: z.string() }))
    .subscription(({ input }) => rooms.at(input.room).subscribe({ replay: 50 })),
  later: procedure.subscription(async () => news.subscribe({ snapshot: async () => ({}) as Out })),
  presence: procedure.subscription(() => rooms.at('a').presence.subscribe()),
  byHand: procedure.subscription(async function* ({ signal }) {
    yield* news.subscribe({ signal });
  }),
});
const plainRouter = () => plain.router(procedures(plain.procedure));
const richRouter = () => rich.router(procedures(rich.procedure));

declare const plainly: Client<ReturnType<typeof plainRouter>>;
declare const richly: Client<ReturnType<typeof richRouter>>;

type Items<Item> = AsyncIterableIterator<Item, void, undefined>;
type Bytes = Uint8Array<ArrayBuffer>;

test('a client gets events with their ids, as its router writes them', () => {
  interface PlainOut {
    text: string;
    at: string;
    photo?: Bytes;
    tags: string[];
  }
  interface RichOut {
    text: string;
    at: Date;
    photo?: Bytes | undefined;
    tags: string[];
  }
  const plainItems = [plainly.news.subscribe(), plainly.later.subscribe(), plainly.byHand.subscribe()];
  expectTypeOf(plainItems).items.toEqualTypeOf<Items<{ id: string; data: PlainOut }>>();
  expectTypeOf(plainly.messages.subscribe({ room: 'a' })).toEqualTypeOf<
    Items<{ id: string; data: PlainOut }>
  >();
  const richItems = [richly.news.subscribe(), richly.later.subscribe(), richly.byHand.subscribe()];
  expectTypeOf(richItems).items.toEqualTypeOf<Items<{ id: string; data: RichOut }>>();
  richly.messages.subscribe(
    { room: 'a' },
    { onData: (event) => expectTypeOf(event).toEqualTypeOf<{ id: string; data: RichOut }>() },
  );
  // @ts-expect-error the procedure says what its input is
  void plainly.messages.subscribe({ rooms: 'a' });
});

test('tRPC’s own client sees them as tracked, too', () => {
  const theirs = {} as TRPCClient<ReturnType<typeof richRouter>>;
  theirs.news.subscribe(undefined, {
    onData: ({ id, data }) => {
      expectTypeOf(id).toEqualTypeOf<string>();
      expectTypeOf(data.at).toEqualTypeOf<Date>();
    },
  });
});

test('who is here is told with what is known of them', () => {
  type Event<At> =
    | { readonly type: 'here'; readonly members: readonly { readonly id: string; readonly meta: At }[] }
    | { readonly type: 'join'; readonly id: string; readonly meta: At }
    | { readonly type: 'update'; readonly id: string; readonly meta: At }
    | { readonly type: 'leave'; readonly id: string };
  richly.presence.subscribe(undefined, {
    onData: ({ id, data }) => {
      expectTypeOf(id).toEqualTypeOf<string>();
      expectTypeOf(data).toExtend<Event<Meta>>();
      if (data.type === 'here') expectTypeOf(data.members[0]?.meta).toEqualTypeOf<Meta | undefined>();
      else if (data.type !== 'leave') expectTypeOf(data.meta).toEqualTypeOf<Meta>();
    },
  });
  plainly.presence.subscribe(undefined, {
    onData: ({ data }) => {
      if (data.type === 'join') expectTypeOf(data.meta.since).toEqualTypeOf<string>();
      // @ts-expect-error whoever leaves says nothing more
      if (data.type === 'leave') void data.meta;
    },
  });
});

test('what is published is what the schema takes', () => {
  expectTypeOf<Parameters<typeof news.publish>>().toEqualTypeOf<[event: Published]>();
  expectTypeOf(news.publish({ text: '', at: '' })).resolves.toEqualTypeOf<string>();
  expectTypeOf(plainRooms.at('a').publish).toEqualTypeOf<(event: number) => Promise<string>>();
  const wrong = [
    // @ts-expect-error a text is missing
    () => news.publish({ at: '' }),
    // @ts-expect-error that is what comes out
    () => news.publish({ text: '', at: new Date() }),
    // @ts-expect-error a channel has events of one kind
    () => plainRooms.at('a').publish('1'),
  ];
  expectTypeOf(wrong).toBeArray();
});

test('what is iterated, keyed and given as a snapshot is what comes out of the schema', () => {
  expectTypeOf(news.subscribe()).toExtend<AsyncIterable<TrackedEnvelope<Out>, void, unknown>>();
  channel({ event: message, key: (event) => expectTypeOf(event).toEqualTypeOf<Out>() });
  const state: Out = { text: '', at: new Date(), tags: [] };
  news.subscribe({ snapshot: () => state });
  news.subscribe({ snapshot: () => Promise.resolve(state) });
  const wrong = [
    // @ts-expect-error that is what is published
    () => news.subscribe({ snapshot: () => ({ text: '', at: '' }) }),
    // @ts-expect-error a list of events is no event
    () => news.subscribe({ snapshot: () => [state] }),
    // @ts-expect-error there is no such rule
    () => news.subscribe({ overflow: 'wait' }),
    // @ts-expect-error a channel has nobody in it
    () => news.subscribe({ present: { id: '', meta: {} } }),
  ];
  expectTypeOf(wrong).toBeArray();
});

test('a cursor may be whatever an input holds', () => {
  const input = {} as { lastEventId?: string | null | undefined };
  news.subscribe({ after: input.lastEventId });
  // @ts-expect-error an id is a string
  news.subscribe({ after: 5 });
});

test('a member is what the presence says', () => {
  const room = rooms.at('a');
  const since = new Date();
  room.subscribe({ present: { id: 'a', meta: { name: '', since } } });
  room.subscribe({ present: undefined });
  expectTypeOf(room.presence).toEqualTypeOf<Presence<typeof meta>>();
  expectTypeOf(room.presence.members).toEqualTypeOf<ReadonlyMap<string, Meta>>();
  expectTypeOf(room.presence.enter('a', { name: '', since })).toEqualTypeOf<() => void>();
  expectTypeOf(plainRooms.at('a').presence).toEqualTypeOf<undefined>();
  const wrong = [
    // @ts-expect-error a name is missing
    () => room.subscribe({ present: { id: 'a', meta: { since } } }),
    // @ts-expect-error whoever is there has an id
    () => room.subscribe({ present: { meta: { name: '', since } } }),
    // @ts-expect-error these rooms have no presence
    () => plainRooms.at('a').subscribe({ present: { id: 'a', meta: {} } }),
    // @ts-expect-error a name is missing
    () => room.presence.enter('a', { since }),
  ];
  expectTypeOf(wrong).toBeArray();
});

test('types have names', () => {
  expectTypeOf(news).toEqualTypeOf<Channel<typeof message>>();
  expectTypeOf(rooms.at('a')).toEqualTypeOf<KeyedChannel<typeof message, typeof meta>>();
  expectTypeOf(plainRooms.at('a')).toExtend<KeyedChannel<v.NumberSchema<undefined>, undefined>>();
  expectTypeOf(new Presence({ meta }).subscribe()).toExtend<
    AsyncIterable<TrackedEnvelope<PresenceEvent<Meta>>, void, unknown>
  >();
  expectTypeOf<Extract<PresenceEvent<Meta>, { type: 'here' }>['members'][number]>().toEqualTypeOf<
    Member<Meta>
  >();
});
