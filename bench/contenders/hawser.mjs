import { serve } from '@hawser/adapter-node';
import { connect, createClient } from '@hawser/client';
import { initTRPC } from '@trpc/server';
import { orderSchema } from '../payloads.mjs';

const t = initTRPC.create();
const router = t.router({
  echo: t.procedure.input(orderSchema).query(({ input }) => input),
});

/** Hawser as its README shows it: nothing is tuned. */
/** @type {import('../contender.mjs').Contender} */
export const contender = {
  title: 'Hawser',

  async serve() {
    return serve({ router, port: 0, host: '127.0.0.1' });
  },

  async connect(url) {
    /** @type {import('@hawser/client').Client<typeof router>} */
    const api = createClient(connect({ url }));
    return { echo: (order) => api.echo.query(order) };
  },
};
