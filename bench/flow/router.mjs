import { initTRPC } from '@trpc/server';
import { z } from 'zod';
import { streamSchema } from './source.mjs';

const t = initTRPC.create();

/** @typedef {ReturnType<typeof routerOf>} Router */

/** @param {import('./source.mjs').Source} source */
export function routerOf(source) {
  return t.router({
    echo: t.procedure.input(z.number()).query(({ input }) => input),
    items: t.procedure.input(streamSchema).subscription(({ input }) => source.offer(input)),
  });
}
