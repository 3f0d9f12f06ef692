import { initTRPC, tracked } from '@trpc/server';
import { z } from 'zod';
import type { Chat } from './chat.js';
import type { Machine } from './machine.js';
import type { Presence } from './presence.js';
import type { DemoSession } from './sessions.js';

export interface Context {
  readonly tab: string;
  readonly session: DemoSession;
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
    ping: t.procedure.input(z.number()).mutation(({ input, ctx }) => ctx.session.ping(input)),

    session: t.procedure.query(({ ctx }) => ctx.session.facts),

    machine: t.router({
      history: t.procedure.query(() => machine.lastMinute),

      samples: t.procedure.subscription(({ signal }) =>
        machine.samples.follow(machine.samples.newest, signal),
      ),
    }),

    chat: t.router({
      send: t.procedure.input(Outgoing).mutation(({ input, ctx }) => chat.send({ ...input, tab: ctx.tab })),

      // Tracked: when a session is lost, the next begins after the last id that the client has.
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
