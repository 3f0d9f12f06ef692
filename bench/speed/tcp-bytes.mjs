import { subscribe } from 'node:diagnostics_channel';

/** @type {Set<import('node:net').Socket>} */
const sockets = new Set();

subscribe('net.client.socket', (message) => {
  const { socket } = /** @type {{ socket: import('node:net').Socket }} */ (message);
  sockets.add(socket);
  socket.once('close', () => sockets.delete(socket));
});

/** Through all TCP connections that this process has dialled and not closed, both ways. */
export function tcpBytes() {
  let sum = 0;
  for (const { bytesRead, bytesWritten } of sockets) sum += bytesRead + bytesWritten;
  return sum;
}
