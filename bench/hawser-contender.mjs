import { setImmediate } from 'node:timers/promises';
import { serve } from '@hawser/adapter-node';
import { connect, createClient } from '@hawser/client';
import { initTRPC } from '@trpc/server';
import { orderSchema, streamSchema, tick } from './payloads.mjs';

const t = initTRPC.create();
const router = t.router({
  echo: t.procedure.input(orderSchema).query(({ input }) => input),
  ticks: t.procedure.input(streamSchema).subscription(async function* ({ input: { count, apart } }) {
    for (let seq = 0; seq < count; seq++) {
      if (apart) await setImmediate();
      yield tick(seq);
    }
  }),
});

/**
 * @param {string} title
 * @param {{ readonly windowMs?: number }} [options]
 * @returns {import('./contender.mjs').Contender}
 */
export function hawser(title, options = {}) {
  return {
    title,

    async serve() {
      return serve({ router, port: 0, host: '127.0.0.1', ...options });
    },

    async connect(url) {
      /** @type {import('@hawser/client').Client<typeof router>} */
      const api = createClient(connect({ url }));
      return {
        echo: (order) => api.echo.query(order),
        ticks: (stream) => api.ticks.subscribe(stream),
      };
    },
  };
}
