import { once } from 'node:events';
import { WebSocket, WebSocketServer } from 'ws';
import { sha256 } from '../chunks.mjs';

/** What waits in the socket before the sender does. */
const highWater = 2 ** 20;

/** The floor: the same sockets, and nothing but the backpressure that a sender must heed. */
/** @type {import('../upload-contender.mjs').UploadContender} */
export const contender = {
  title: 'bare ws, a pipe',

  async serve() {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    server.on('connection', (socket) => {
      const hash = sha256();
      // What is hashed at once needs no pause: a socket is not read meanwhile.
      socket.on('message', (data, isBinary) => {
        if (isBinary) hash.update(/** @type {Buffer} */ (data));
        else socket.send(hash.digest('hex'));
      });
    });
    await once(server, 'listening');
    return `ws://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`;
  },

  async connect(url) {
    const socket = new WebSocket(url);
    await once(socket, 'open');
    return async (chunks) => {
      for await (const chunk of chunks) {
        const written = new Promise((resolve) => socket.send(chunk, resolve));
        if (socket.bufferedAmount > highWater) await written;
      }
      const answer = once(socket, 'message');
      socket.send('end');
      return String((await answer)[0]);
    };
  },
};
