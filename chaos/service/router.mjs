import { once } from 'node:events';
import { initTRPC, tracked } from '@trpc/server';
import { z } from 'zod';
import { hash } from '../seeded.mjs';
import { sleep } from '../sleep.mjs';
import { item } from './item.mjs';

/** What a caller gets back for a value: whoever did not read the value cannot know it. */
export const sealOf = (/** @type {string} */ value) => hash(`sealed ${value}`);

const streamInput = z.object({
  key: z.string(),
  count: z.number().int(),
  /** Items between two pauses; 0: as fast as they are taken. */
  batch: z.number().int(),
  pauseMs: z.number(),
  lastEventId: z.string().optional(),
});

/** @typedef {z.infer<typeof streamInput>} StreamInput */

/**
 * The one router that every contender serves.
 * @param {import('./journal.mjs').Journal} journal
 */
export function makeRouter(journal) {
  const t = initTRPC.create();
  let runs = 0;
  const newRun = () => `${journal.boot}.${++runs}`;
  return t.router({
    echo: t.procedure
      .input(z.object({ value: z.string(), delayMs: z.number() }))
      .query(async ({ input: { value, delayMs } }) => {
        if (delayMs > 0) await sleep(delayMs);
        return { value, seal: sealOf(value) };
      }),

    /** Runs once, or the journal tells. */
    bump: t.procedure
      .input(z.object({ client: z.number().int(), number: z.number().int(), delayMs: z.number() }))
      .mutation(async ({ input: { client, number, delayMs } }) => {
        journal.ran(client, number);
        if (delayMs > 0) await sleep(delayMs);
        return { seal: sealOf(`${client}.${number}`) };
      }),

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
  });
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
