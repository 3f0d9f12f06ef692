import { initTRPC } from '@trpc/server';
import { z } from 'zod';
import { type Hit, hitSchema } from '../server/frame.js';

export interface Welcome {
  readonly id: string;
  readonly name: string;
}

export interface Ears {
  welcome(welcome: Welcome): void;
  hit(hit: Hit): void;
}

const t = initTRPC.create({ allowOutsideOfServer: true, isDev: false });

/** What the server can call of this page. */
export const createClientRouter = (ears: Ears) =>
  t.router({
    welcome: t.procedure
      .input(z.object({ id: z.string(), name: z.string() }))
      .mutation(({ input }) => ears.welcome(input)),
    hit: t.procedure.input(hitSchema).mutation(({ input }) => ears.hit(input)),
  });

export type ClientRouter = ReturnType<typeof createClientRouter>;
