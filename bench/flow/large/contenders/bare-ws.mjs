import { once } from 'node:events';
import { WebSocket, WebSocketServer } from 'ws';
import { look, value, valueBytes } from '../value.mjs';

const partBytes = 64 * 1024;

/** What waits in the socket before the sender does: a small call has that before it. */
const highWater = 256 * 1024;

/** The floor: pieces of a value as messages, and small calls in text between them. Nothing is named or kept. */
/** @type {import('../large-contender.mjs').LargeContender} */
export const contender = {
  title: 'bare ws, in parts',

  async serve() {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    server.on('connection', (socket) => {
      const arriving = assembly(() => socket.send('"taken"'));
      socket.on('message', (data, isBinary) => {
        if (isBinary) arriving(/** @type {Buffer} */ (data));
        else if (String(data) === '"result"') void sendParts(socket);
        else socket.send(String(data));
      });
    });
    await once(server, 'listening');
    return `ws://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`;
  },

  async connect(url) {
    const socket = new WebSocket(url);
    /** @type {Map<number | string, (answer: any) => void>} */
    const waiting = new Map();
    /** @param {number | string} answer */
    const settle = (answer) => waiting.get(answer)?.(answer);
    /** @param {number | string} answer */
    const answered = (answer) => new Promise((resolve) => waiting.set(answer, resolve));
    const arriving = assembly(() => settle('result'));
    socket.on('message', (data, isBinary) => {
      if (isBinary) arriving(/** @type {Buffer} */ (data));
      else settle(JSON.parse(String(data)));
    });
    await once(socket, 'open');
    return {
      echo(seq) {
        socket.send(JSON.stringify(seq));
        return answered(seq);
      },
      result() {
        socket.send('"result"');
        return answered('result');
      },
      async input() {
        await sendParts(socket);
        await answered('taken');
      },
      drops: () => 0,
    };
  },
};

/** @param {WebSocket} socket */
async function sendParts(socket) {
  for (let at = 0; at < valueBytes; at += partBytes) {
    const written = new Promise((resolve) => socket.send(value.subarray(at, at + partBytes), resolve));
    if (socket.bufferedAmount > highWater) await written;
  }
}

/** @param {() => void} whole */
function assembly(whole) {
  let arrived = new Uint8Array(valueBytes);
  let at = 0;
  return (/** @type {Uint8Array} */ part) => {
    arrived.set(part, at);
    at += part.length;
    if (at < valueBytes) return;
    look(arrived);
    arrived = new Uint8Array(valueBytes);
    at = 0;
    whole();
  };
}
