import { EventEmitter, once } from 'node:events';
import { initTRPC, TRPCError, tracked } from '@trpc/server';
import superjson from 'superjson';
import { z } from 'zod';

/** What the server sees of the page. */
export interface Witness {
  /** Subscriptions that ever began, and those that are alive. */
  started: number;
  live: number;
  /** How often the failing one began. */
  failed: number;
  name: string;
  /** Another event happens, for whoever watches now or later. */
  happen(): void;
}

const t = initTRPC.create({ transformer: superjson });

/** The router that the page uses, and what it saw. One event has happened before anybody watches. */
export function watchedRouter() {
  const bell = new EventEmitter();
  let events = 1;
  const witness: Witness = {
    started: 0,
    live: 0,
    failed: 0,
    name: 'Ada',
    happen() {
      events++;
      bell.emit('event');
    },
  };
  const router = t.router({
    name: t.procedure.query(() => ({ name: witness.name, at: new Date(0) })),
    rename: t.procedure.input(z.string().min(1)).mutation(({ input }) => {
      witness.name = input;
      return input;
    }),
    watch: t.procedure.input(z.object({ lastEventId: z.string().optional() })).subscription(async function* ({
      input,
      signal,
    }) {
      witness.started++;
      witness.live++;
      try {
        for (let id = Number(input.lastEventId ?? 0) + 1; ; id++) {
          while (id > events) await once(bell, 'event', { signal });
          yield tracked(String(id), { at: new Date(id) });
        }
      } finally {
        witness.live--;
      }
    }),
    fail: t.procedure.subscription(async function* () {
      witness.failed++;
      yield 1;
      throw new TRPCError({ code: 'FORBIDDEN', message: 'No more' });
    }),
  });
  return { router, witness };
}

export type TanstackRouter = ReturnType<typeof watchedRouter>['router'];
