import { channels } from '@hawser/adapter-node';
import { initTRPC } from '@trpc/server';
import { z } from 'zod';
import { Message, type MessageStore, Room } from './message-store.js';

export interface Context {
  /** Who calls, as known from a token in a real chat. */
  readonly user: string;
}

const t = initTRPC.context<Context>().create();

const Name = z.string().trim().min(1).max(24);
const Item = z.discriminatedUnion('type', [
  z.object({ type: z.literal('history'), messages: z.array(Message) }),
  z.object({ type: z.literal('message'), message: Message }),
]);

export function createRouter(store: MessageStore) {
  const talk = channels({ event: Item, presence: z.object({ name: Name }) });
  const typing = channels({ event: z.object({ user: z.string(), name: Name }), keep: { events: 1 } });

  return t.router({
    // Who comes gets the history, and so does who was away for longer than the log reaches back. Anybody else
    // continues after the last message that they have. Whoever reads is present, until their session is over.
    messages: t.procedure.input(z.object({ room: Room, name: Name })).subscription(({ input, ctx }) =>
      talk.at(input.room).subscribe({
        snapshot: () => ({ type: 'history', messages: store.newest(input.room) }),
        present: { id: ctx.user, meta: { name: input.name } },
      }),
    ),

    people: t.procedure.input(Room).subscription(({ input }) => talk.at(input).presence.subscribe()),

    // The store knows the id, so it may come again.
    send: t.procedure.input(Message.omit({ at: true })).mutation(async ({ input }) => {
      const message = { ...input, at: Date.now() };
      if (await store.add(message)) await talk.at(input.room).publish({ type: 'message', message });
    }),

    typing: t.router({
      say: t.procedure
        .input(z.object({ room: Room, name: Name }))
        .mutation(async ({ input: { room, name }, ctx }) => {
          await typing.at(room).publish({ user: ctx.user, name });
        }),

      watch: t.procedure.input(Room).subscription(({ input }) => typing.at(input).subscribe()),
    }),
  });
}

export type AppRouter = ReturnType<typeof createRouter>;
