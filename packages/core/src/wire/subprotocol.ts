/** The WebSocket subprotocol of version 1. */
export const subprotocol = 'hawser.1';
