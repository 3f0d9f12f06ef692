import process from 'node:process';
import { bareWs } from '../bare-ws-contender.mjs';

/** About the least that this can cost with `ws`: all messages of a tick are one frame, one text and one write. */
export const contender = bareWs('bare ws, a frame a tick', {
  writer(socket) {
    /** @type {object[]} */
    let batch = [];
    const flush = () => {
      socket.send(JSON.stringify(batch));
      batch = [];
    };
    return (message) => {
      // After the microtasks of this tick, in which the others of them are made.
      if (batch.push(message) === 1) process.nextTick(flush);
    };
  },
  prepare: (message) => JSON.stringify([message]),
  read(data, handle) {
    for (const message of JSON.parse(String(data))) handle(message);
  },
});
