// The router that the suite calls. Its procedures are plain tRPC; what a test must see of a handler (pulled items, an
// aborted signal, what ran) is kept in `server-state.mjs`.
import { TRPCError, tracked } from '@trpc/server';
import { z } from 'zod';
import { bytes } from './server-bytes.mjs';
import { calls } from './server-calls.mjs';
import {
  aborted,
  aborts,
  append,
  asked,
  ends,
  gates,
  handlers,
  lists,
  noteAbort,
  seenOf,
} from './server-state.mjs';
import { streams } from './server-streams.mjs';
import { t } from './server-trpc.mjs';

/** Waits for `release`, or for its signal unless it is `stubborn`. */
async function slow({ input: { key, stubborn }, signal }) {
  handlers.enter();
  const abort = noteAbort(key, signal);
  try {
    await (stubborn ? gates.opened(key) : Promise.race([gates.opened(key), abort]));
    return 'released';
  } finally {
    ends.open(key);
    handlers.leave();
  }
}

/** Yields as fast as it is pulled and never waits. */
async function* endless({ input: { key, bytes } }) {
  const seen = seenOf(key);
  const fill = 'x'.repeat(bytes ?? 0);
  handlers.enter();
  try {
    while (true) {
      const index = seen.pulled++;
      yield bytes === undefined ? index : fill;
    }
  } finally {
    seen.returned = true;
    handlers.leave();
  }
}

/** Two prices at once, then each next one when it is released: 12 of ACME by `release` of `ACME 12`. */
async function* ticks({ input: { symbol }, signal }) {
  const abort = noteAbort(symbol, signal);
  handlers.enter();
  try {
    yield { price: 10 };
    yield { price: 11 };
    for (let price = 12; ; price++) {
      await Promise.race([gates.opened(`${symbol} ${price}`), abort]);
      if (signal.aborted) return;
      yield { price };
    }
  } finally {
    handlers.leave();
  }
}

async function* count({ input }) {
  for (let index = 0; index < input.n; index++) yield index;
}

async function* events({ input }) {
  for (let event = Number(input?.lastEventId ?? 0) + 1; event <= (input?.upTo ?? 3); event++) {
    yield tracked(String(event), { event });
  }
}

async function* values() {
  yield undefined;
  yield null;
  yield tracked('e1', undefined);
  yield tracked('e2', null);
}

function unserialisable(what) {
  if (what === 'bigint') return { big: 1n };
  if (what === 'toJSON') {
    return {
      toJSON() {
        throw new Error('toJSON throws');
      },
    };
  }
  const circle = {};
  circle.self = circle;
  return circle;
}

async function* failing({ input }) {
  handlers.enter();
  try {
    yield 'first';
    if (input === 'throw') throw new TRPCError({ code: 'CONFLICT', message: 'the stream failed' });
    yield unserialisable(input);
    yield 'never';
  } finally {
    handlers.leave();
  }
}

const thrown = {
  error: () => new Error('a plain error'),
  trpc: () => new TRPCError({ code: 'CONFLICT', message: 'a tRPC error' }),
  string: () => 'a string',
  null: () => null,
  undefined: () => undefined,
  object: () => ({ some: 'object' }),
};

const byKey = t.procedure.input(z.string());
const unserialisableKind = z.enum(['circular', 'bigint', 'toJSON']);

const answering = {
  greet: t.procedure.input(z.object({ name: z.string() })).query(({ input }) => `hi ${input.name}`),
  nested: t.router({ path: t.router({ deep: t.procedure.query(() => 'deep') }) }),
  nothing: t.procedure.query(() => undefined),
  nil: t.procedure.query(() => null),
  typeOf: t.procedure.input(z.unknown()).query(({ input }) => (input === null ? 'null' : typeof input)),
  size: t.procedure.input(z.string()).query(({ input }) => input.length),
  big: t.procedure.input(z.number()).query(({ input }) => 'x'.repeat(input)),
  params: t.procedure.query(({ ctx }) => ctx.params ?? null),
  polluted: t.procedure.query(() => 'polluted' in {}),
  throws: t.procedure.input(z.enum(Object.keys(thrown))).query(({ input }) => {
    throw thrown[input]();
  }),
  unserialisable: t.procedure.input(unserialisableKind).query(({ input }) => unserialisable(input)),
  rename: byKey.mutation(({ input }) => {
    append(input, input);
    return input;
  }),
  append: t.procedure.input(z.object({ key: z.string(), value: z.number() })).mutation(({ input }) => {
    append(input.key, input.value);
  }),
};

const streaming = {
  count: t.procedure.input(z.object({ n: z.number() })).subscription(count),
  ticks: t.procedure.input(z.object({ symbol: z.string() })).subscription(ticks),
  endless: t.procedure
    .input(z.object({ key: z.string(), bytes: z.number().optional() }))
    .subscription(endless),
  events: t.procedure
    .input(z.object({ upTo: z.number().optional(), lastEventId: z.string().optional() }).optional())
    .subscription(events),
  values: t.procedure.subscription(values),
  failing: t.procedure.input(z.union([z.literal('throw'), unserialisableKind])).subscription(failing),
  refusing: t.procedure.subscription(() => {
    throw new TRPCError({ code: 'CONFLICT', message: 'no stream' });
  }),
};

const observing = {
  slow: t.procedure.input(z.object({ key: z.string(), stubborn: z.boolean().optional() })).query(slow),
  release: byKey.mutation(({ input }) => gates.open(input)),
  aborted: byKey.query(({ input }) => aborted.has(input)),
  whenAborted: byKey.query(({ input }) => aborts.opened(input).then(() => true)),
  whenEnded: byKey.query(({ input }) => ends.opened(input).then(() => true)),
  pulled: byKey.query(({ input }) => seenOf(input)),
  ran: byKey.query(({ input }) => lists.get(input) ?? []),
  whenAsked: byKey.query(({ input }) => asked.opened(input).then(() => true)),
  idle: t.procedure.query(() => handlers.none()),
};

export const router = t.router({ ...answering, ...streaming, ...observing, ...bytes, ...streams, ...calls });

/**
 * `params.gate` makes it wait, `params.token` and `params.refuse` make it fail. `params.user` is whose context it is:
 * the server's identity of it. Handlers call the client through `session`.
 */
export async function createContext({ params, session }) {
  if (params?.gate) {
    asked.open(params.gate);
    await gates.opened(params.gate);
  }
  if (params?.token === 'old') throw new TRPCError({ code: 'UNAUTHORIZED', message: 'Token expired' });
  if (params?.refuse === 'trouble') throw new Error('the database is down');
  if (params?.refuse === 'nothing') throw undefined;
  if (params?.refuse) throw new TRPCError({ code: params.refuse, message: `refused: ${params.refuse}` });
  return { params, session };
}
