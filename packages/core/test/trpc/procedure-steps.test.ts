import type { AnyTRPCProcedure, AnyTRPCRouter } from '@trpc/server';
import * as newest from '@trpc/server';
import { observable } from '@trpc/server/observable';
import * as oldest from 'trpc-server-oldest';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { IncomingCall } from '../../src/rpc/dispatch.js';
import { ProcedureSteps } from '../../src/trpc/procedure-steps.js';

// What is claimed: our runner and tRPC's own caller cannot be told apart, over every kind of procedure.

interface Context {
  readonly user: string;
}

type TRPC = typeof newest;

/** Error formatters of procedures came after the oldest version. */
function formatted(trpc: TRPC) {
  const { procedure } = trpc.initTRPC.context<Context>().create();
  if (!('errors' in procedure)) return {};
  return {
    formatted: procedure
      .errors(({ shape }) => ({ ...shape, data: { ...shape.data, reason: 'quota' as const } }))
      .query(() => {
        throw new trpc.TRPCError({ code: 'TOO_MANY_REQUESTS' });
      }),
  };
}

function routerOf(trpc: TRPC) {
  const t = trpc.initTRPC.context<Context>().meta<{ readonly role?: string }>().create();
  const object = z.object({ id: z.string(), n: z.number().default(1) });
  const stamped = t.middleware(async ({ ctx, next }) => next({ ctx: { ...ctx, stamp: 1 } }));

  return t.router({
    plain: t.procedure.query(({ ctx }) => ctx.user),
    zod: t.procedure.input(object).query(({ input }) => input),
    valibot: t.procedure.input(v.object({ id: v.string() })).mutation(({ input }) => input.id),
    refined: t.procedure
      .input(object.refine(async ({ id }) => id !== 'bad', 'no bad ids'))
      .query(({ input }) => input.id),
    merged: t.procedure
      .input(z.object({ id: z.string() }))
      .input(z.object({ n: z.number().optional() }))
      .query(({ input }) => input),
    output: t.procedure.output(z.object({ id: z.string() })).query(() => ({ id: 'x', extra: 1 })),
    badOutput: t.procedure.output(z.string()).query(() => 1 as never),
    one: t.procedure.use(stamped).query(({ ctx }) => ctx),
    three: t.procedure
      .use(stamped)
      .use(({ next, ctx }) => next({ ctx: { twice: ctx.stamp * 2 } }))
      .input(object)
      .use(({ next, input }) => next({ ctx: { seen: input.id } }))
      .mutation(({ ctx, input }) => ({ ctx, input })),
    meta: t.procedure
      .meta({ role: 'admin' })
      .use(({ meta, next }) => next({ ctx: { role: meta?.role } }))
      .query(({ ctx }) => ctx.role),
    replaces: t.procedure
      .use(({ next }) => next({ input: 'other' } as never))
      .query(({ input }) => input ?? 'none'),
    rawInput: t.procedure
      .use(({ next }) => next({ getRawInput: async () => ({ id: 'raw' }) } as never))
      .input(object)
      .query(({ input }) => input.id),
    reads: t.procedure
      .use(async ({ getRawInput, next }) => next({ ctx: { raw: await getRawInput() } }))
      .query(({ ctx }) => ctx.raw ?? null),
    recovers: t.procedure
      .use(async ({ next, ctx }) => {
        const result = await next();
        return result.ok ? result : next({ ctx });
      })
      .query(() => Math.max(1, 2)),
    guarded: t.procedure
      .use(() => {
        throw new trpc.TRPCError({ code: 'FORBIDDEN', message: 'no' });
      })
      .query(() => 1),
    forgets: t.procedure.use((async () => undefined) as never).query(() => 1),
    throwsTRPC: t.procedure.query(() => {
      throw new trpc.TRPCError({ code: 'CONFLICT', message: 'taken' });
    }),
    throwsError: t.procedure.query(() => {
      throw new Error('inner');
    }),
    throwsString: t.procedure.query(() => {
      throw 'a string';
    }),
    throwsUndefined: t.procedure.query(() => {
      throw undefined;
    }),
    ...formatted(trpc),
    spreads: t.procedure
      .use((options) => options.next({ ctx: { aborted: { ...options }.signal?.aborted } }))
      .query(({ ctx }) => ctx.aborted),
    undefinedResult: t.procedure.query(() => undefined),
    path: t.procedure.use(({ path, type, next }) => next({ ctx: { path, type } })).query(({ ctx }) => ctx),
    aborted: t.procedure.query(({ signal }) => signal?.aborted),
    generator: t.procedure.input(object).subscription(async function* ({ input, signal }) {
      yield input.id;
      yield trpc.tracked('7', { aborted: signal?.aborted });
    }),
    observed: t.procedure.subscription(() =>
      observable<number>((observer) => {
        observer.next(1);
        observer.complete();
      }),
    ),
    nested: t.router({ deep: t.procedure.query(() => 'deep') }),
  });
}

const inputs: readonly unknown[] = [undefined, { id: 'a', n: 2 }, { id: 'bad' }, { id: 1 }, 'text', null];

function callOf(path: string, type: IncomingCall['type']): IncomingCall {
  const { signal } = new AbortController();
  const context: Context = { user: 'ada' };
  return { path, type, input: undefined, found: [], after: undefined, context, signal, cancelled: false };
}

async function settled(running: Promise<unknown>): Promise<unknown> {
  try {
    return { value: await readable(await running) };
  } catch (cause) {
    const error = cause as newest.TRPCError;
    return { name: error.name, code: error.code, message: error.message, cause: error.cause?.message };
  }
}

/** Streams are compared by what they give. */
async function readable(value: unknown): Promise<unknown> {
  if (typeof value !== 'object' || value === null) return value;
  if ('subscribe' in value) return 'observable';
  if (!(Symbol.asyncIterator in value)) return value;
  const items: unknown[] = [];
  for await (const item of value as AsyncIterable<unknown>) {
    items.push(Array.isArray(item) ? { id: item[0], data: item[1] } : item);
  }
  return items;
}

function proceduresOf(router: AnyTRPCRouter): Readonly<Record<string, AnyTRPCProcedure>> {
  return router._def.procedures as unknown as Readonly<Record<string, AnyTRPCProcedure>>;
}

const versions: readonly (readonly [name: string, trpc: TRPC])[] = [
  ['newest', newest],
  ['oldest', oldest as unknown as TRPC],
];

describe.each(versions)('a procedure of the %s tRPC, run step by step', (_, trpc) => {
  const router: AnyTRPCRouter = routerOf(trpc);
  const procedures = proceduresOf(router);

  for (const [path, procedure] of Object.entries(procedures)) {
    it(`cannot be told from tRPC's own call: ${path}`, async () => {
      const { type } = procedure._def;
      for (const input of inputs) {
        const call = callOf(path, type);
        const getRawInput = async (): Promise<unknown> => input;
        const steps = ProcedureSteps.of(procedure) as ProcedureSteps;
        const { context: ctx, signal } = call;
        const options = { router, path, type, ctx, getRawInput, signal, batchIndex: 0 };
        const documented = trpc.callTRPCProcedure(options);
        expect(
          await settled(
            steps.run(call, {
              read: getRawInput,
              resolved: undefined,
              givesCursor: false,
              dropCursor: () => false,
            }),
          ),
        ).toEqual(await settled(documented));
      }
    });
  }

  it('covers every way a procedure can end', () => {
    expect(Object.keys(procedures).length).toBeGreaterThan(25);
  });

  it('does not read the signal unless a step does', async () => {
    const call = Object.defineProperty({ ...callOf('three', 'mutation') }, 'signal', {
      get: () => {
        throw new Error('read');
      },
    });
    const steps = ProcedureSteps.of(procedures['three'] as AnyTRPCProcedure) as ProcedureSteps;
    await expect(
      steps.run(call, {
        read: async () => ({ id: 'a' }),
        resolved: undefined,
        givesCursor: false,
        dropCursor: () => false,
      }),
    ).resolves.toMatchObject({ input: { id: 'a' } });
  });
});

describe('a procedure that does not look as expected', () => {
  const t = newest.initTRPC.create();

  const documented = (def: object): AnyTRPCProcedure =>
    Object.assign(() => {}, { _def: def }) as unknown as AnyTRPCProcedure;

  it('is left to tRPC', () => {
    expect(ProcedureSteps.of(documented({ type: 'query' }))).toBeUndefined();
    expect(ProcedureSteps.of(documented({ type: 'query', middlewares: [] }))).toBeUndefined();
    expect(ProcedureSteps.of(documented({ type: 'query', middlewares: ['x'] }))).toBeUndefined();
  });

  it('is left to tRPC when it has a caller of its own', () => {
    const action = t.procedure
      .experimental_caller(async ({ invoke, args }) => invoke(args[0] as never))
      .query(() => 1) as unknown as AnyTRPCProcedure;
    expect(ProcedureSteps.of(action)).toBeUndefined();
  });
});
