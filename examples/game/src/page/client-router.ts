import { initTRPC } from '@trpc/server';
import { z } from 'zod';
import { Store } from '../../../shared/src/page/store.js';
import { type Hit, hitSchema } from '../server/frame.js';

export interface Ship {
  /** This page's own boat. */
  readonly own: { readonly id: string; readonly name: string } | undefined;
  /** How often the server bade welcome. */
  readonly boardings: number;
  /** What the server told of, in the order in which it told. */
  readonly hits: readonly Hit[];
}

export const ship = new Store<Ship>({ own: undefined, boardings: 0, hits: [] });

const t = initTRPC.create({ allowOutsideOfServer: true, isDev: false });

/** What the server can call of this page. */
export const clientRouter = t.router({
  welcome: t.procedure.input(z.object({ id: z.string(), name: z.string() })).mutation(({ input }) => {
    ship.set({ ...ship.value, own: input, boardings: ship.value.boardings + 1 });
  }),
  hit: t.procedure.input(hitSchema).mutation(({ input }) => {
    ship.set({ ...ship.value, hits: [...ship.value.hits, input] });
  }),
});

export type ClientRouter = typeof clientRouter;
