// Procedures whose inputs and results hold streams.
import { stream } from '@hawser/adapter-node';
import { TRPCError } from '@trpc/server';
import { z } from 'zod';
import { append, ends, gates, handlers, noteAbort, seenOf, whenAborted } from './server-state.mjs';
import { t } from './server-trpc.mjs';

const items = stream(z.unknown());
const keyed = z.object({ key: z.string() });

/** Runs a handler that tests wait for, and tells them when it was aborted and when it has ended. */
async function watched(key, signal, run) {
  handlers.enter();
  void noteAbort(key, signal);
  try {
    return await run();
  } finally {
    ends.open(key);
    handlers.leave();
  }
}

/**
 * Takes `most` items, or all of them, and adds each to the list of `key`, then what became of the stream. With `gated`
 * it waits for the release of `<key> 3` before it takes the item of index 3.
 */
async function take({ input: { key, most, gated, items }, signal }) {
  return watched(key, signal, async () => {
    let taken = 0;
    try {
      if (gated) await gates.opened(`${key} 0`);
      for await (const item of items) {
        append(key, item ?? null);
        if (++taken === most) return taken;
        if (gated) await gates.opened(`${key} ${taken}`);
      }
      append(key, 'complete');
      return taken;
    } catch (error) {
      append(key, `failed: ${error.message}`);
      throw error;
    }
  });
}

/** Never looks at its stream, and answers when it is released or aborted. */
async function ignore({ input: { key }, signal }) {
  return watched(key, signal, async () => {
    await Promise.race([gates.opened(key), whenAborted(signal)]);
    return 'ignored';
  });
}

async function sum({ input }) {
  let total = 0;
  for await (const item of input) total += item;
  return total;
}

async function zip({ input: { left, right } }) {
  const pairs = [];
  const others = right[0][Symbol.asyncIterator]();
  for await (const item of left) pairs.push([item, (await others.next()).value ?? null]);
  return pairs;
}

/** Yields as fast as it is pulled, `n` times or for ever: indexes, or strings of `bytes` characters. */
async function* pour({ key, n = Number.POSITIVE_INFINITY, bytes }) {
  const seen = seenOf(key);
  const fill = 'x'.repeat(bytes ?? 0);
  handlers.enter();
  try {
    while (seen.pulled < n) {
      const index = seen.pulled++;
      yield bytes === undefined ? index : fill;
    }
  } finally {
    seen.returned = true;
    ends.open(key);
    handlers.leave();
  }
}

async function* fail() {
  yield 'first';
  throw new TRPCError({ code: 'CONFLICT', message: 'the stream failed' });
}

async function* odd() {
  yield undefined;
  yield null;
  yield { data: Uint8Array.of(1, 2, 3) };
}

/** Each item twice. */
async function* twice(source) {
  for await (const item of source) {
    yield item;
    yield item;
  }
}

const pouring = keyed.extend({ n: z.number().optional(), bytes: z.number().optional() });

const inputs = {
  take: t.procedure
    .input(keyed.extend({ items, most: z.number().optional(), gated: z.boolean().optional() }))
    .mutation(take),
  ignore: t.procedure.input(keyed.extend({ items })).mutation(ignore),
  sum: t.procedure.input(stream(z.number())).query(sum),
  zip: t.procedure.input(z.object({ left: items, right: z.tuple([items]) })).query(zip),
  follow: t.procedure.input(items).subscription(({ input }) => twice(input)),
};

const results = {
  pour: t.procedure.input(pouring).query(({ input }) => pour(input)),
  several: t.procedure
    .input(z.array(pouring))
    .query(({ input }) => ({ title: 'several', all: input.map((each) => ({ items: pour(each) })) })),
  failed: t.procedure.query(() => fail()),
  odd: t.procedure.query(() => odd()),
  relay: t.procedure.input(items).query(({ input }) => twice(input)),
};

export const streams = { ...inputs, ...results };
