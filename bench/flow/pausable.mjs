import { WebSocket } from 'ws';

/** A WebSocket class for one client, whose sockets can be kept from reading. */
export function pausable() {
  /** @type {WebSocket[]} */
  const sockets = [];
  return {
    WebSocket: class extends WebSocket {
      /**
       * @param {string | URL} url
       * @param {string | string[]} [protocols]
       */
      constructor(url, protocols) {
        super(url, protocols);
        sockets.push(this);
      }
    },
    pause() {
      for (const socket of sockets) socket.pause();
    },
  };
}
