import { once } from 'node:events';
import { WebSocket, WebSocketServer } from 'ws';
import { Newsroom } from './newsroom.mjs';
import { packing } from './packing.mjs';
import { tickSource } from './tick-source.mjs';

/**
 * How messages become frames.
 * @typedef {object} Framing
 * @property {(socket: WebSocket) => (message: object) => void} writer
 * @property {(message: object) => string} prepare A frame that can be sent to everybody.
 * @property {(data: import('ws').RawData, handle: (message: any) => void) => void} read
 */

/**
 * The same sockets and the same JSON, with nothing checked, typed, counted or kept.
 * @param {string} title
 * @param {Framing} framing
 * @returns {import('./speed-contender.mjs').SpeedContender}
 */
export function bareWs(title, { writer, prepare, read }) {
  return {
    title,

    async serve(transformer) {
      const { pack, unpack } = packing(transformer);
      const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
      /** @type {Set<WebSocket>} */
      const audience = new Set();
      const newsroom = new Newsroom({
        size: () => audience.size,
        tell(news) {
          const frame = prepare({ news: pack(news) });
          for (const socket of audience) socket.send(frame);
        },
      });

      server.on('connection', (socket) => {
        const send = writer(socket);
        const handle = async (/** @type {any} */ { id, payload, ticks, listen, publish }) => {
          if (payload !== undefined) return send({ id, payload: pack(unpack(payload)) });
          if (listen) return audience.add(socket);
          if (publish) await newsroom.publish(publish);
          else for await (const item of tickSource(ticks)) send({ id, item: pack(item) });
          send({ id });
        };
        socket.on('message', (data) => read(data, handle));
        socket.on('close', () => audience.delete(socket));
      });
      await once(server, 'listening');
      const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
      return { url: `ws://127.0.0.1:${port}` };
    },

    async connect(url, transformer) {
      const { pack, unpack } = packing(transformer);
      const socket = new WebSocket(url);
      const send = writer(socket);
      /** @type {Map<number, (payload: unknown) => void>} */
      const waiting = new Map();
      /** @type {Map<number, (item: any) => void>} */
      const reading = new Map();
      let onNews = (/** @type {any} */ _news) => {};
      let lastId = 0;
      socket.on('message', (data) =>
        read(data, ({ id, payload, item, news }) => {
          if (news !== undefined) return onNews(unpack(news));
          if (item !== undefined) return reading.get(id)?.(unpack(item));
          const settle = waiting.get(id);
          waiting.delete(id);
          reading.delete(id);
          settle?.(payload === undefined ? undefined : unpack(payload));
        }),
      );
      await once(socket, 'open');
      /** @param {object} message */
      const call = (message) =>
        new Promise((resolve) => {
          const id = ++lastId;
          waiting.set(id, resolve);
          send({ id, ...message });
        });
      /** @param {import('../payloads.mjs').Order} order */
      const echo = (order) =>
        new Promise((resolve) => {
          const id = ++lastId;
          waiting.set(id, resolve);
          send({ id, payload: pack(order) });
        });
      return {
        echo,
        guarded: echo,
        ticks(count, onTick) {
          reading.set(lastId + 1, onTick);
          return call({ ticks: count });
        },
        async listen(listener) {
          onNews = listener;
          send({ listen: true });
        },
        publish: (publication) => call({ publish: publication }),
      };
    },
  };
}
