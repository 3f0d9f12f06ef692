// Procedures in which the server calls the client that called it.
import { createClient } from '@hawser/client';
import { z } from 'zod';
import { append, gates, handlers, noteAbort, seenOf, whenAborted } from './server-state.mjs';
import { t } from './server-trpc.mjs';

/** What a caller of the server sees of an error: its code, or that of the shape that the client sent. */
function codeOf(error) {
  return error.data?.code ?? error.code ?? String(error);
}

/** Runs something that calls the client, and answers with what came of it. */
async function attempt(run) {
  handlers.enter();
  try {
    return { answer: (await run()) ?? null };
  } catch (error) {
    return { error: codeOf(error) };
  } finally {
    handlers.leave();
  }
}

const clientOf = ({ session }) => createClient(session);

/** Calls a procedure of the client with an input that tests choose. */
async function ask({ ctx, input: { type, path, value }, signal }) {
  return attempt(() => clientOf(ctx)[path][type](value, { signal }));
}

/**
 * Subscribes at the client, takes `most` items and adds them to the list of `key`; one that is gated takes the first,
 * and the others when the gate of `key` opens.
 */
async function listen({ ctx, input: { key, most, gated }, signal }) {
  return attempt(async () => {
    for await (const item of clientOf(ctx).ticks.subscribe(undefined, { signal })) {
      append(key, item);
      if (seenOf(key).pulled++ + 1 === most) break;
      if (gated) await Promise.race([gates.opened(key), whenAborted(signal)]);
    }
  });
}

/** Sends the client a stream of `n` indexes, and says what it answers. */
async function upload({ ctx, input: { key, n }, signal }) {
  const seen = seenOf(key);
  const source = async function* () {
    try {
      while (seen.pulled < n) yield seen.pulled++;
      await Promise.race([gates.opened(key), whenAborted(signal)]);
    } finally {
      seen.returned = true;
    }
  };
  void noteAbort(key, signal);
  return attempt(() => clientOf(ctx).sink.mutate({ items: source() }, { signal }));
}

/** Asks the client for a stream, and takes `most` items of it, or all; gated as `listen`. */
async function download({ ctx, input: { key, most, gated }, signal }) {
  return attempt(async () => {
    let taken = 0;
    for await (const item of await clientOf(ctx).source.query()) {
      append(key, item);
      if (++taken === most) break;
      if (gated) await Promise.race([gates.opened(key), whenAborted(signal)]);
    }
    return taken;
  });
}

const counted = z.object({
  key: z.string(),
  n: z.number().default(0),
  most: z.number().optional(),
  gated: z.boolean().optional(),
});

export const calls = {
  ask: t.procedure
    .input(z.object({ type: z.enum(['query', 'mutate']), path: z.string(), value: z.unknown() }))
    .mutation(ask),
  listen: t.procedure.input(counted).mutation(listen),
  upload: t.procedure.input(counted).mutation(upload),
  download: t.procedure.input(counted).mutation(download),
};
