import { once } from 'node:events';
import { stream } from '@hawser/adapter-node';
import { createClient, outcomeOf } from '@hawser/client';
import { initTRPC, TRPCError, tracked } from '@trpc/server';
import { z } from 'zod';
import { sleep } from '../sleep.mjs';
import { item } from './item.mjs';
import { asked } from './journal.mjs';
import { Listening } from './listening.mjs';
import { onPurpose } from './on-purpose.mjs';
import { sealOf } from './seal.mjs';

const streamInput = z.object({
  key: z.string(),
  count: z.number().int(),
  /** Items between two pauses; 0: as fast as they are taken. */
  batch: z.number().int(),
  pauseMs: z.number(),
  lastEventId: z.string().optional(),
});

/** @typedef {z.infer<typeof streamInput>} StreamInput */

const downloadInput = z.object({
  ...streamInput.shape,
  /** The source throws in place of this item, on purpose. */
  failsAt: z.number().int().optional(),
});

/** @typedef {z.infer<typeof downloadInput>} DownloadInput */

/** Whose mutation it is. */
const whose = { client: z.number().int(), number: z.number().int() };

const chunks = stream(z.instanceof(Uint8Array));

const t = initTRPC.context().create();

/**
 * What handlers work with.
 * @typedef {object} Service
 * @property {import('./journal.mjs').Journal} journal
 * @property {import('./sources.mjs').Sources} sources
 * @property {() => string} newRun
 */

/**
 * The one router that every contender serves.
 * @param {import('./journal.mjs').Journal} journal
 * @param {import('./sources.mjs').Sources} sources
 */
export function makeRouter(journal, sources) {
  let runs = 0;
  const service = { journal, sources, newRun: () => `${journal.boot}.${++runs}` };
  return t.router({ ...calls(service), ...subscriptions(service), ...values(service), ...asking(service) });
}

/** @param {Service} service */
function calls({ journal }) {
  return {
    echo: t.procedure
      .input(z.object({ value: z.string(), delayMs: z.number() }))
      .query(async ({ input: { value, delayMs } }) => {
        if (delayMs > 0) await sleep(delayMs);
        return { value, seal: sealOf(value) };
      }),

    /** Runs once, or the journal tells. */
    bump: t.procedure
      .input(z.object({ ...whose, delayMs: z.number() }))
      .mutation(async ({ input: { client, number, delayMs } }) => {
        journal.ran(client, number);
        if (delayMs > 0) await sleep(delayMs);
        return { seal: sealOf(`${client}.${number}`) };
      }),
  };
}

/** @param {Service} service */
function subscriptions({ newRun }) {
  return {
    /** Goes on after the last event. */
    tracked: t.procedure.input(streamInput).subscription(async function* ({ input, signal }) {
      const run = newRun();
      const first = input.lastEventId === undefined ? 0 : Number(input.lastEventId) + 1;
      for await (const n of paced(first, input, signal)) yield tracked(String(n), item(input.key, run, n));
    }),

    /** Another run, from 0, each time that it is asked for. */
    untracked: t.procedure.input(streamInput).subscription(async function* ({ input, signal }) {
      const run = newRun();
      for await (const n of paced(0, input, signal)) yield item(input.key, run, n);
    }),

    /** Names its run, then says nothing more: its restart is the loss of a session. */
    watch: t.procedure.subscription(async function* ({ signal }) {
      yield newRun();
      if (signal && !signal.aborted) await once(signal, 'abort');
    }),
  };
}

/** @param {Service} service */
function values({ journal, sources, newRun }) {
  return {
    /** Answers with the very bytes. */
    echoBytes: t.procedure
      .input(z.object({ data: z.instanceof(Uint8Array) }))
      .query(({ input: { data } }) => ({ data })),

    /** Items in a result, with a beginning of its own. */
    download: t.procedure.input(downloadInput).query(({ input, signal }) => {
      const run = newRun();
      return { run, items: sources.counted(numbered(run, input, signal)) };
    }),

    /** Reads all, and says what it heard. */
    upload: t.procedure
      .input(z.object({ ...whose, digestMs: z.number(), chunks }))
      .mutation(async ({ input, signal }) => {
        journal.ran(input.client, input.number);
        const heard = new Listening(input.chunks, input, journal);
        const { digestMs } = input;
        for await (const _ of heard) if (digestMs > 0 && heard.sum % 8 === 0) await sleep(digestMs, signal);
        return { count: heard.count, sum: heard.sum };
      }),

    /** Gives back each chunk as it comes. */
    duplex: t.procedure.input(z.object({ ...whose, chunks })).mutation(({ input }) => {
      journal.ran(input.client, input.number);
      return sources.counted(returned(new Listening(input.chunks, input, journal)));
    }),
  };
}

/** @param {Service} service */
function asking({ journal }) {
  return {
    /** Has the caller's own router answer. */
    ask: t.procedure
      .input(z.object({ ...whose, value: z.string(), delayMs: z.number() }))
      .mutation(async ({ input: { client, number, value, delayMs }, ctx }) => {
        journal.ran(client, number);
        if (delayMs > 0) await sleep(delayMs);
        const { session } = /** @type {{ session: import('@hawser/adapter-node').ServerSession }} */ (ctx);
        /** @type {import('@hawser/client').Client<import('./client-router.mjs').ClientRouter>} */
        const caller = createClient(session);
        try {
          const { seal } = await caller.confirm.mutate({ number, value });
          journal.asked(client, number, asked.answered);
          return { seal };
        } catch (error) {
          journal.asked(client, number, asked[outcomeOf(error) ?? 'failed']);
          throw error;
        }
      }),
  };
}

/**
 * @param {string} run
 * @param {DownloadInput} input
 * @param {AbortSignal | undefined} signal
 */
async function* numbered(run, { key, failsAt, ...input }, signal) {
  for await (const n of paced(0, { key, ...input }, signal)) {
    if (n === failsAt) break;
    yield item(key, run, n);
  }
  if (failsAt !== undefined) throw new TRPCError({ code: 'CONFLICT', message: onPurpose });
}

/** @param {Listening} heard */
async function* returned(heard) {
  let n = 0;
  for await (const chunk of heard) yield { n: n++, chunk };
}

/**
 * @param {number} first
 * @param {StreamInput} input
 * @param {AbortSignal | undefined} signal
 */
async function* paced(first, { count, batch, pauseMs }, signal) {
  for (let n = first; n < count && !signal?.aborted; n++) {
    if (batch > 0 && n % batch === 0) await sleep(pauseMs, signal);
    yield n;
  }
}
