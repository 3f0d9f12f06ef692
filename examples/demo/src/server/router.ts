import { initTRPC, tracked } from '@trpc/server';
import { z } from 'zod';
import type { Chat } from './chat.js';
import type { Machine } from './machine.js';
import type { Presence } from './presence.js';

export interface Context {
  readonly tab: string;
}

export interface Services {
  readonly machine: Machine;
  readonly chat: Chat;
  readonly presence: Presence;
}

export type AppRouter = ReturnType<typeof createRouter>;

const t = initTRPC.context<Context>().create();

const Name = z.string().trim().min(1).max(24);
const Outgoing = z.object({ key: z.string().max(64), name: Name, text: z.string().trim().min(1).max(500) });
const After = z.object({ lastEventId: z.string().regex(/^\d+$/) });

export const createRouter = ({ machine, chat, presence }: Services) =>
  t.router({
    ping: t.procedure.query(() => 'pong' as const),

    machine: t.router({
      history: t.procedure.query(() => machine.samples.entries),

      samples: t.procedure.subscription(({ signal }) =>
        machine.samples.follow(machine.samples.newest, signal),
      ),
    }),

    chat: t.router({
      send: t.procedure.input(Outgoing).mutation(({ input, ctx }) => chat.send({ ...input, tab: ctx.tab })),

      // Tracked: after a break `lastEventId` is the last id that the client has, and it reads on from there.
      messages: t.procedure.input(After).subscription(async function* ({ input, signal }) {
        for await (const { seq, value } of chat.messages.follow(Number(input.lastEventId), signal)) {
          yield tracked(String(seq), { seq, ...value });
        }
      }),

      people: t.procedure
        .input(z.object({ name: Name }))
        .subscription(({ input, ctx, signal }) => presence.watch({ tab: ctx.tab, name: input.name }, signal)),
    }),
  });
