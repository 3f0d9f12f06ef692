import { once } from 'node:events';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import { EventPublisher, os } from '@orpc/server';
import { RPCHandler } from '@orpc/server/ws';
import { WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import { orderSchema } from '../../payloads.mjs';
import { Newsroom } from '../newsroom.mjs';
import { tickSource } from '../tick-source.mjs';

/** @typedef {import('../../payloads.mjs').Tick} Tick */

/** Its own way to many, without bounds, so that nothing is dropped. */
/** @type {EventPublisher<{ news: Tick }>} */
const publisher = new EventPublisher({ maxBufferedEvents: Number.POSITIVE_INFINITY });
let listening = 0;
const newsroom = new Newsroom({
  size: () => listening,
  tell: (news) => publisher.publish('news', news),
});

const guarded = os.middleware(({ next }) => next({ context: { user: 'ada' } }));

const router = {
  echo: os.input(orderSchema).handler(({ input }) => input),
  guarded: os
    .use(guarded)
    .input(orderSchema)
    .handler(({ context, input }) => {
      if (context.user !== 'ada') throw new Error('The middleware did not run');
      return input;
    }),
  ticks: os.input(z.number().int()).handler(({ input }) => tickSource(input)),
  news: os.handler(({ signal }) => {
    listening++;
    return publisher.subscribe('news', { signal });
  }),
  publish: os
    .input(z.object({ count: z.number().int(), listeners: z.number().int() }))
    .handler(({ input }) => newsroom.publish(input)),
};

/** With its own serializer, which knows dates, maps and the like; there is no other without. */
/** @type {import('../speed-contender.mjs').SpeedContender} */
export const contender = {
  title: 'oRPC',

  async serve() {
    const handler = new RPCHandler(router);
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    server.on('connection', (socket) => handler.upgrade(socket, { context: {} }));
    await once(server, 'listening');
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    return { url: `ws://127.0.0.1:${port}` };
  },

  async connect(url) {
    const socket = new WebSocket(url);
    await once(socket, 'open');
    const websocket = /** @type {globalThis.WebSocket} */ (/** @type {unknown} */ (socket));
    /** @type {import('@orpc/server').RouterClient<typeof router>} */
    const api = createORPCClient(new RPCLink({ websocket }));
    return {
      echo: (order) => api.echo(order),
      guarded: (order) => api.guarded(order),
      async ticks(count, onTick) {
        for await (const tick of await api.ticks(count)) onTick(tick);
      },
      async listen(onNews) {
        const news = await api.news();
        void (async () => {
          for await (const it of news) onNews(it);
        })();
      },
      publish: (publication) => api.publish(publication),
    };
  },
};
