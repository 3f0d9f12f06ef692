import { bareWs } from '../bare-ws-contender.mjs';

/** What everybody would write first. */
export const contender = bareWs('bare ws, a frame a message', {
  writer: (socket) => (message) => socket.send(JSON.stringify(message)),
  prepare: (message) => JSON.stringify(message),
  read: (data, handle) => handle(JSON.parse(String(data))),
});
