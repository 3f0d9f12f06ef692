import { randomUUID } from 'node:crypto';
import { channel } from '@hawser/adapter-node';
import { initTRPC } from '@trpc/server';
import { z } from 'zod';
import type { League } from './league.js';
import { Item, Time } from './news.js';

export interface Context {
  /** Names the session: a page that has lost one sees it. */
  readonly session: string;
}

const t = initTRPC.context<Context>().create();

/** How many news can be read again. Few, so that it is soon seen what happens to those who need more. */
export const KEEP_NEWS = 40;

const LONGEST_ABSENCE = 24 * 60;

export function createRouter(league: League) {
  const server = randomUUID();
  const news = channel({ event: Item, keep: { events: KEEP_NEWS } });
  const clock = channel({ event: Time, keep: { events: 1 } });
  league.listener = {
    news: (each) => news.publish(each).catch(console.error),
    time: (time) => clock.publish(time).catch(console.error),
  };

  return t.router({
    // Who was away continues after the last news that they have, as long as the log reaches back that far. Who comes
    // for the first time, or too late for that, begins with the table.
    news: t.procedure.subscription(() => news.subscribe({ snapshot: () => league.table })),

    clock: t.procedure.subscription(() => clock.subscribe({ snapshot: () => league.time })),

    /** Where the news are now, for a page that wants to know what it has missed, and from whom it hears it. */
    newest: t.procedure.query(({ ctx }) => ({ session: ctx.session, server, seq: league.table.seq })),

    /** Has time fly, for everybody. */
    fly: t.procedure
      .input(z.object({ minutes: z.number().int().min(1).max(LONGEST_ABSENCE) }))
      .mutation(({ input }) => league.fly(input.minutes)),
  });
}

export type AppRouter = ReturnType<typeof createRouter>;
