import { channels } from '@hawser/adapter-node';
import { initTRPC } from '@trpc/server';
import { z } from 'zod';
import { Draft, Message, type MessageStore, Room } from './message-store.js';

export const Name = z.string().trim().min(1).max(24);

export interface Context {
  /** Who calls: the one source of who is present, who types and who has written something. */
  readonly user: { readonly id: string; name: string };
}

const t = initTRPC.context<Context>().create();

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
    messages: t.procedure.input(Room).subscription(({ input: room, ctx: { user } }) =>
      talk.at(room).subscribe({
        snapshot: async () => ({ type: 'history', messages: await store.newest(room) }),
        present: { id: user.id, meta: { name: user.name } },
      }),
    ),

    people: t.procedure.input(Room).subscription(({ input }) => talk.at(input).presence.subscribe()),

    // In once more, and out again: who is present already stays so, and what was said last of them holds.
    rename: t.procedure.input(z.object({ room: Room, name: Name })).mutation(({ input, ctx: { user } }) => {
      user.name = input.name;
      const leave = talk.at(input.room).presence.enter(user.id, { name: user.name });
      leave();
    }),

    // The store knows the id, so it may come again.
    send: t.procedure.input(Draft).mutation(async ({ input, ctx }) => {
      const message = { ...input, author: ctx.user.name, at: Date.now() };
      if (await store.add(message)) await talk.at(input.room).publish({ type: 'message', message });
    }),

    typing: t.router({
      say: t.procedure.input(Room).mutation(async ({ input: room, ctx: { user } }) => {
        await typing.at(room).publish({ user: user.id, name: user.name });
      }),

      watch: t.procedure.input(Room).subscription(({ input }) => typing.at(input).subscribe()),
    }),
  });
}

export type AppRouter = ReturnType<typeof createRouter>;
