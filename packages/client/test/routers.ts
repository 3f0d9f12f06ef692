import { initTRPC, lazy, tracked } from '@trpc/server';
import { observable } from '@trpc/server/observable';
import superjson from 'superjson';
import { z } from 'zod';

interface Context {
  readonly user: string | null;
}

const base = initTRPC.context<Context>().meta<{ idempotent?: boolean }>();
const plain = base.create();
const rich = base.create({ transformer: superjson });
const formatted = base.create({
  errorFormatter: ({ shape, error }) => ({ ...shape, data: { reason: error.message, left: 3 } }),
});

type Builder = typeof plain.procedure;

class Money {
  readonly cents: number;
  constructor(cents: number) {
    this.cents = cents;
  }
  toJSON(): string {
    return String(this.cents);
  }
}

const item = z.object({ at: z.date(), count: z.number(), tags: z.set(z.string()) });

/** Every shape of input that a caller can meet. */
const inputs = (procedure: Builder) => ({
  none: procedure.query(() => 1),
  required: procedure.input(z.object({ name: z.string() })).query(({ input }) => `hi ${input.name}`),
  optional: procedure.input(z.object({ a: z.number() }).optional()).query(({ input }) => input?.a ?? null),
  defaulted: procedure
    .input(z.object({ id: z.string(), name: z.string().default('x') }))
    .mutation(({ input }) => input),
  coerced: procedure
    .input(z.object({ when: z.coerce.date(), size: z.string().transform(Number) }))
    .query(({ input }) => input),
  chained: procedure
    .input(z.object({ a: z.number() }))
    .input(z.object({ b: z.string() }))
    .mutation(({ input }) => [input.a, input.b] as const),
  anything: procedure.input(z.unknown()).mutation(({ input }) => input),
  union: procedure
    .input(
      z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('a'), a: z.string() }),
        z.object({ kind: z.literal('b'), b: z.number() }),
      ]),
    )
    .query(({ input }) => input),
  item: procedure.input(item).query(({ input }) => input),
});

/** Every shape of output, and what a missing transformer makes of it. */
const outputs = (procedure: Builder) => ({
  nothing: procedure.mutation(() => {}),
  date: procedure.query(() => new Date()),
  deep: procedure.query(() => ({
    at: new Date(),
    map: new Map<string, number>(),
    maybe: undefined as string | undefined,
  })),
  money: procedure.query(() => new Money(1)),
  bytes: procedure.query(() => new Uint8Array(1)),
  declared: procedure.output(z.object({ at: z.date() })).query(() => ({ at: new Date() })),
  unknowable: procedure.query(() => JSON.parse('1') as unknown),
  streamed: procedure.query(async function* () {
    yield new Date();
    return 'end' as const;
  }),
  streamedBack: procedure.mutation(async function* () {
    yield { at: new Date() };
  }),
  withErrors: procedure
    .errors(({ shape }) => ({ ...shape, data: { ...shape.data, quota: 'used up' as const } }))
    .query(() => 'ok'),
});

const subscriptions = (procedure: Builder) => ({
  ticks: procedure.input(z.object({ symbol: z.string() })).subscription(async function* ({ input }) {
    yield { symbol: input.symbol, price: 1, at: new Date() };
  }),
  bare: procedure.subscription(async function* () {
    yield 1;
  }),
  log: procedure
    .input(z.object({ lastEventId: z.string().optional() }).optional())
    .subscription(async function* () {
      yield tracked('1', { at: new Date() });
    }),
  mixed: procedure.subscription(async function* () {
    yield tracked('1', 1);
    yield 'plain' as const;
  }),
  observed: procedure.subscription(() => observable<{ at: Date }>((observer) => observer.complete())),
});

const everything = (procedure: Builder) => ({
  inputs: inputs(procedure),
  outputs: outputs(procedure),
  ...subscriptions(procedure),
  if: procedure.query(() => 'a reserved word' as const),
  inline: { deeper: { still: procedure.query(() => new Date()) } },
});

const later = (procedure: Builder) => ({
  hello: procedure.query(() => ({ at: new Date() })),
});

export const plainRouter = plain.router({
  ...everything(plain.procedure),
  nested: plain.router({ deep: plain.router(inputs(plain.procedure)) }),
  lazily: lazy(async () => ({ it: plain.router(later(plain.procedure)) })),
});

export const richRouter = rich.router({
  ...everything(rich.procedure),
  nested: rich.router({ deep: rich.router(inputs(rich.procedure)) }),
  lazily: lazy(async () => ({ it: rich.router(later(rich.procedure)) })),
});

export const formattedRouter = formatted.router({
  if: formatted.procedure.query(() => 'a reserved word' as const),
  bare: formatted.procedure.subscription(async function* () {
    yield 1;
  }),
  nested: { rename: formatted.procedure.input(z.string()).mutation(({ input }) => input) },
  withErrors: formatted.procedure
    .errors(({ shape }) => ({ ...shape, data: { ...shape.data, quota: 'used up' as const } }))
    .query(() => 'ok'),
});

export type Plain = typeof plainRouter;
export type Rich = typeof richRouter;
export type Formatted = typeof formattedRouter;
