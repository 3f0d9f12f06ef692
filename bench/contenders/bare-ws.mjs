import { once } from 'node:events';
import { WebSocket, WebSocketServer } from 'ws';

/** The floor: the same sockets and the same JSON, with nothing checked, typed, counted or kept. */
/** @type {import('../contender.mjs').Contender} */
export const contender = {
  title: 'bare ws',

  async serve() {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    server.on('connection', (socket) => {
      socket.on('message', (data) => {
        const { id, payload } = JSON.parse(String(data));
        socket.send(JSON.stringify({ id, payload }));
      });
    });
    await once(server, 'listening');
    const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
    return { url: `ws://127.0.0.1:${port}` };
  },

  async connect(url) {
    const socket = new WebSocket(url);
    /** @type {Map<number, (payload: unknown) => void>} */
    const waiting = new Map();
    let lastId = 0;
    socket.on('message', (data) => {
      const { id, payload } = JSON.parse(String(data));
      const resolve = waiting.get(id);
      waiting.delete(id);
      resolve?.(payload);
    });
    await once(socket, 'open');
    return {
      echo: (payload) =>
        new Promise((resolve) => {
          const id = ++lastId;
          waiting.set(id, resolve);
          socket.send(JSON.stringify({ id, payload }));
        }),
    };
  },
};
