import { stream } from '@hawser/adapter-node';
import { initTRPC, tracked } from '@trpc/server';
import { z } from 'zod';
import { receive } from './cargo.js';
import type { Chat } from './chat.js';
import { recite } from './harbour-master.js';
import type { Logbook } from './logbook.js';
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
  readonly logbook: Logbook;
}

export type AppRouter = ReturnType<typeof createRouter>;

const t = initTRPC.context<Context>().create();

const Name = z.string().trim().min(1).max(24);
const Outgoing = z.object({ key: z.string().max(64), name: Name, text: z.string().trim().min(1).max(500) });
const Task = z.string().max(64);
const Cargo = z.object({
  task: Task,
  bytesPerSecond: z.number().min(65_536).optional(),
  file: stream(z.instanceof(Uint8Array)),
});
const Question = z.object({ task: Task, question: z.enum(['berth', 'weather', 'hawser']) });
const After = z.object({ lastEventId: z.string().regex(/^\d+$/) });

export const createRouter = ({ machine, chat, presence, logbook }: Services) =>
  t.router({
    ping: t.procedure.input(z.number()).mutation(({ input, ctx }) => ctx.session.ping(input)),

    session: t.procedure.query(({ ctx }) => ctx.session.facts),

    machine: t.router({
      history: t.procedure.query(() => machine.lastMinute),

      samples: t.procedure.subscription(({ signal }) =>
        machine.samples.follow(machine.samples.newest, signal),
      ),
    }),

    // A stream in an input: the file is read no faster than this takes it.
    send: t.procedure
      .input(Cargo)
      .mutation(({ input: { task, file, bytesPerSecond }, ctx, signal }) =>
        receive(file, { bytesPerSecond, signal, ended: logbook.of(ctx.tab, task) }),
      ),

    // A stream as a result: whoever stops reading ends the generator.
    ask: t.procedure
      .input(Question)
      .query(({ input: { task, question }, ctx, signal }) =>
        recite(question, { signal, ended: logbook.of(ctx.tab, task) }),
      ),

    logbook: t.procedure.input(After).subscription(async function* ({ input, ctx, signal }) {
      for await (const { seq, value } of logbook.follow(ctx.tab, Number(input.lastEventId), signal)) {
        yield tracked(String(seq), value);
      }
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
