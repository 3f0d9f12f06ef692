import { on } from 'node:events';
import { initTRPC } from '@trpc/server';
import superjson from 'superjson';
import { z } from 'zod';
import { orderSchema } from '../payloads.mjs';
import { Newsroom } from './newsroom.mjs';
import { tickSource } from './tick-source.mjs';

const newsroom = new Newsroom();
const { procedure } = initTRPC.create();

/** One middleware, which adds to the context as those do that authenticate. */
const guarded = procedure.use(({ next }) => next({ ctx: { user: 'ada' } }));

/** The same procedures for everybody who serves a tRPC router. */
export const procedures = {
  echo: procedure.input(orderSchema).query(({ input }) => input),
  guarded: guarded.input(orderSchema).query(({ ctx, input }) => {
    if (ctx.user !== 'ada') throw new Error('The middleware did not run');
    return input;
  }),
  ticks: procedure.input(z.number().int()).subscription(({ input }) => tickSource(input)),
  news: procedure.subscription(async function* ({ signal }) {
    for await (const [news] of on(newsroom, 'news', { signal: signal ?? new AbortController().signal }))
      yield/** @type {import('../payloads.mjs').Tick} */ (news);
  }),
  publish: procedure
    .input(z.object({ count: z.number().int(), listeners: z.number().int() }))
    .mutation(({ input }) => newsroom.publish(input)),
};

export const plainRouter = initTRPC.create().router(procedures);
export const richRouter = initTRPC.create({ transformer: superjson }).router(procedures);

/** @param {import('./speed-contender.mjs').Transformer} transformer */
export function routerFor(transformer) {
  return transformer === 'superjson' ? richRouter : plainRouter;
}

/**
 * With so many procedures that nobody calls, too.
 * @param {number} count
 */
export function largeRouter(count) {
  const more = Array.from({ length: count }, (_, i) => [`echo${i}`, procedures.echo]);
  return initTRPC.create().router({ ...Object.fromEntries(more), ...procedures });
}
