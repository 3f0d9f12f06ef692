import { setImmediate } from 'node:timers/promises';
import { serve } from '@hawser/adapter-node';
import { connect, createClient } from '@hawser/client';
import { initTRPC } from '@trpc/server';
import { orderSchema, streamSchema, tick } from './payloads.mjs';

const t = initTRPC.create();
const router = t.router({
  echo: t.procedure.input(orderSchema).query(({ input }) => input),
  ticks: t.procedure.input(streamSchema).subscription(async function* ({ input: { count, apart, note } }) {
    for (let seq = 0; seq < count; seq++) {
      if (apart) await setImmediate();
      yield tick(seq, note);
    }
  }),
});

/**
 * @param {string} title
 * @param {{ readonly windowMs?: number }} [options]
 * @param {typeof import('ws').WebSocket} [WebSocket] The client's, if not its own.
 * @returns {import('./contender.mjs').Contender}
 */
export function hawser(title, options = {}, WebSocket) {
  return {
    title,

    async serve() {
      return serve({ router, port: 0, host: '127.0.0.1', ...options });
    },

    async connect(url) {
      /** @type {import('@hawser/client').Client<typeof router>} */
      const api = createClient(
        connect({
          url,
          WebSocket: /** @type {import('@hawser/client').WebSocketClass | undefined} */ (WebSocket),
        }),
      );
      return {
        echo: (order) => api.echo.query(order),
        ticks: (stream) => api.ticks.subscribe(stream),
      };
    },
  };
}
