import { once } from 'node:events';
import { createTRPCClient, createWSClient, wsLink } from '@trpc/client';
import { applyWSSHandler } from '@trpc/server/adapters/ws';
import { WebSocketServer } from 'ws';
import { pausable } from '../pausable.mjs';
import { routerOf } from '../router.mjs';

/** tRPC's own adapter and link. */
/** @type {import('../flow-contender.mjs').FlowContender} */
export const contender = {
  title: 'tRPC, wsLink',

  async serve(source) {
    const wss = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await once(wss, 'listening');
    applyWSSHandler({ wss, router: routerOf(source) });
    return `ws://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (wss.address()).port}`;
  },

  async connect(url) {
    const { WebSocket, pause } = pausable();
    const client = createWSClient({
      url,
      WebSocket: /** @type {typeof globalThis.WebSocket} */ (/** @type {unknown} */ (WebSocket)),
    });
    /** @type {import('@trpc/client').TRPCClient<import('../router.mjs').Router>} */
    const api = createTRPCClient({ links: [wsLink({ client })] });
    return {
      pause,
      push: (stream, onItem) => void api.items.subscribe(stream, { onData: onItem }),
      pull: (stream) => api.items.subscribe(stream),
      echo: (seq) => api.echo.query(seq),
    };
  },
};
