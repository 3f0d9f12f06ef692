import { serve, stream } from '@hawser/adapter-node';
import { connect, createClient } from '@hawser/client';
import { initTRPC } from '@trpc/server';
import superjson from 'superjson';
import { z } from 'zod';
import type { Dock } from '../../../test/sockets/dock.ts';
import { here, reaches } from '../../../test/sockets/dock.ts';
import { fired, Gate } from '../../../test/sockets/gate.ts';

const t = initTRPC.create({ transformer: superjson });

/** Gives its items, and tells when its reader has gone. */
async function* given(count: number, over: Gate<string>, signal: AbortSignal | undefined) {
  try {
    for (let n = 0; n < count; n++) yield { n, at: new Date(n) };
    await fired(signal);
  } finally {
    over.open('over');
  }
}

/** A router whose values hold bytes and streams, with a transformer, that tells what became of its calls. */
function valueRouter() {
  const over = new Gate<string>();
  const asked: string[] = [];
  const router = t.router({
    echo: t.procedure.input(z.any()).query(({ input }): unknown => {
      asked.push('echo');
      return input;
    }),
    rows: t.procedure.input(z.number()).query(({ input, signal }) => ({
      since: new Date(0),
      kinds: new Set(['a', 'b']),
      rows: given(input, over, signal),
    })),
    pages: t.procedure.input(z.number()).query(async function* ({ input }) {
      for (let n = 0; n < input; n++) {
        await new Promise((resolve) => setImmediate(resolve));
        yield { n, at: new Date(n), part: new Uint8Array([n % 256]) };
      }
    }),
    broken: t.procedure.query(async function* () {
      yield 1;
      throw new Error('disk');
    }),
    join: t.procedure
      .input(
        z.object({ at: z.date(), parts: stream(z.object({ at: z.date(), part: z.instanceof(Uint8Array) })) }),
      )
      .mutation(async ({ input: { at, parts } }) => {
        const seen: { at: Date; part: Uint8Array }[] = [];
        for await (const part of parts) seen.push(part);
        return { at, seen };
      }),
    watch: t.procedure.input(z.any()).subscription(async function* () {
      asked.push('watch');
      yield 1;
    }),
  });
  return { router, over: over.passed, asked };
}

export type ValueRouter = ReturnType<typeof valueRouter>['router'];

/** A server, a connection to it that is open, and a client. */
export async function valueLine(dock: Dock) {
  const { router, ...watch } = valueRouter();
  const server = dock.keep(await serve({ router, ...here, onError: () => {} }));
  const connection = dock.keep(connect({ url: server.url, onError: () => {} }));
  await reaches(connection, 'open');
  const api = createClient<ValueRouter>(connection, { transformer: superjson });
  return { ...watch, server, connection, api };
}

/** What a stream gives until its end. */
export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const got: T[] = [];
  for await (const item of items) got.push(item);
  return got;
}
