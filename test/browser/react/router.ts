import { EventEmitter, once } from 'node:events';
import { initTRPC, TRPCError, tracked } from '@trpc/server';
import { z } from 'zod';

/** What the server sees of the page. */
export interface Witness {
  /** Subscriptions that ever began, and those that are alive. */
  started: number;
  live: number;
  /** The rooms of those that are alive. */
  readonly rooms: Set<string>;
  /** Items of `flood` that were pulled. */
  pulled: number;
  /** So many more events happen, for whoever watches. */
  happen(count: number): void;
}

const t = initTRPC.create();

/** The router that the pages use, and what it saw. */
export function watchedRouter() {
  const bell = new EventEmitter();
  let events = 0;
  const witness: Witness = {
    started: 0,
    live: 0,
    rooms: new Set(),
    pulled: 0,
    happen(count) {
      events += count;
      bell.emit('event');
    },
  };

  /** Numbers of events, from after `from` on, for ever. */
  async function* eventsAfter(from: number, signal: AbortSignal | undefined): AsyncGenerator<number> {
    witness.started++;
    witness.live++;
    try {
      for (let id = from + 1; ; id++) {
        while (id > events) await once(bell, 'event', { signal });
        yield id;
      }
    } finally {
      witness.live--;
    }
  }

  const router = t.router({
    ping: t.procedure.query(() => 'pong'),
    /** What happens from now on. */
    news: t.procedure.input(z.object({ room: z.string() })).subscription(async function* ({ input, signal }) {
      witness.rooms.add(input.room);
      try {
        yield* eventsAfter(events, signal);
      } finally {
        witness.rooms.delete(input.room);
      }
    }),
    log: t.procedure.input(z.object({ lastEventId: z.string().optional() })).subscription(async function* ({
      input,
      signal,
    }) {
      for await (const id of eventsAfter(Number(input.lastEventId ?? 0), signal)) {
        yield tracked(String(id), id);
      }
    }),
    /** As fast as it is pulled. */
    flood: t.procedure.input(z.object({ count: z.number() })).subscription(async function* ({ input }) {
      witness.started++;
      witness.live++;
      try {
        for (let n = 1; n <= input.count; n++) {
          witness.pulled = n;
          yield n;
        }
      } finally {
        witness.live--;
      }
    }),
    fail: t.procedure.subscription(async function* () {
      witness.started++;
      yield 1;
      throw new TRPCError({ code: 'FORBIDDEN', message: 'No more' });
    }),
  });
  return { router, witness };
}

export type ReactRouter = ReturnType<typeof watchedRouter>['router'];
