import { once } from 'node:events';
import { WebSocket, WebSocketServer } from 'ws';

/** A loop that sends and never looks back. It has no iterators, and callbacks that nobody waits for. */
/** @type {import('../flow-contender.mjs').FlowContender} */
export const contender = {
  title: 'bare ws, a loop that sends',

  async serve(source) {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    server.on('connection', (socket) => {
      socket.on('message', async (data) => {
        for await (const item of source.offer(JSON.parse(String(data)))) socket.send(JSON.stringify(item));
      });
    });
    await once(server, 'listening');
    return `ws://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`;
  },

  async connect(url) {
    const socket = new WebSocket(url);
    await once(socket, 'open');
    return {
      pause: () => socket.pause(),
      push(stream, onItem) {
        socket.send(JSON.stringify(stream));
        socket.on('message', (data) => onItem(JSON.parse(String(data))));
      },
    };
  },
};
