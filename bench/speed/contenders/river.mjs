import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createClient, createServer, Ok, Procedure, ServiceSchema } from '@replit/river';
import { WebSocketClientTransport } from '@replit/river/transport/ws/client';
import { WebSocketServerTransport } from '@replit/river/transport/ws/server';
import { Type } from '@sinclair/typebox';
import { WebSocket, WebSocketServer } from 'ws';
import { asAda } from '../as-ada.mjs';
import { Newsroom } from '../newsroom.mjs';
import { tickSource } from '../tick-source.mjs';

/** @typedef {import('../../payloads.mjs').Tick} Tick */

const newsroom = new Newsroom();

const order = Type.Object({
  seq: Type.Integer(),
  symbol: Type.String({ minLength: 1 }),
  side: Type.Union([Type.Literal('buy'), Type.Literal('sell')]),
  price: Type.Number({ exclusiveMinimum: 0 }),
  quantity: Type.Integer(),
  account: Type.String(),
  tags: Type.Array(Type.String()),
  note: Type.Optional(Type.Union([Type.String(), Type.Undefined()])),
});
const tick = Type.Object({ seq: Type.Integer(), price: Type.Number(), note: Type.Optional(Type.String()) });

const desk = ServiceSchema.define({
  echo: Procedure.rpc({ input: order, output: order, handler: async (_, order) => Ok(order) }),
  guarded: Procedure.rpc({
    input: order,
    output: order,
    handler: (_, order) =>
      asAda(async ({ user }) => {
        if (user !== 'ada') throw new Error('The middleware did not run');
        return Ok(order);
      }),
  }),
  ticks: Procedure.subscription({
    input: Type.Object({ count: Type.Integer() }),
    output: tick,
    async handler(_, { count }, output) {
      for await (const it of tickSource(count)) output.push(Ok(it));
      output.end();
    },
  }),
  news: Procedure.subscription({
    input: Type.Object({}),
    output: tick,
    async handler(_, __, output) {
      /** @param {Tick} news */
      const push = (news) => void output.push(Ok(news));
      newsroom.on('news', push);
      return () => void newsroom.off('news', push);
    },
  }),
  publish: Procedure.rpc({
    input: Type.Object({ count: Type.Integer(), listeners: Type.Integer() }),
    output: Type.Object({}),
    async handler(_, publication) {
      await newsroom.publish(publication);
      return Ok({});
    },
  }),
});

let clients = 0;

/** @type {import('../speed-contender.mjs').SpeedContender} */
export const contender = {
  title: 'river',

  async serve() {
    const http = createHttpServer();
    createServer(new WebSocketServerTransport(new WebSocketServer({ server: http }), 'SERVER'), { desk });
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    const { port } = /** @type {import('node:net').AddressInfo} */ (http.address());
    return { url: `ws://127.0.0.1:${port}` };
  },

  async connect(url) {
    const transport = new WebSocketClientTransport(async () => new WebSocket(url), `client-${++clients}`);
    /** @type {ReturnType<typeof createClient<ReturnType<typeof createServer<{ desk: typeof desk }>>>>} */
    const { desk: api } = createClient(transport, 'SERVER', { eagerlyConnect: true });
    return {
      echo: async (order) => (await api.echo.rpc(order)).payload,
      guarded: async (order) => (await api.guarded.rpc(order)).payload,
      async ticks(count, onTick) {
        const [ticks] = await api.ticks.subscribe({ count });
        for await (const { ok, payload } of ticks) if (ok) onTick(payload);
      },
      async listen(onNews) {
        const [news] = await api.news.subscribe({});
        void (async () => {
          for await (const { ok, payload } of news) if (ok) onNews(payload);
        })();
      },
      publish: (publication) => api.publish.rpc(publication),
    };
  },
};
