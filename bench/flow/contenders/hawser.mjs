import { serve } from '@hawser/adapter-node';
import { connect, createClient } from '@hawser/client';
import { pausable } from '../pausable.mjs';
import { routerOf } from '../router.mjs';

/** Hawser as its README shows it: nothing is tuned. */
/** @type {import('../flow-contender.mjs').FlowContender} */
export const contender = {
  title: 'Hawser',

  async serve(source) {
    const { url } = await serve({ router: routerOf(source), port: 0, host: '127.0.0.1' });
    return url;
  },

  async connect(url) {
    const { WebSocket, pause } = pausable();
    /** @type {import('@hawser/client').Client<import('../router.mjs').Router>} */
    const api = createClient(
      connect({ url, WebSocket: /** @type {import('@hawser/client').WebSocketClass} */ (WebSocket) }),
    );
    return {
      pause,
      push: (stream, onItem) => void api.items.subscribe(stream, { onData: onItem }),
      pull: (stream) => api.items.subscribe(stream),
      echo: (seq) => api.echo.query(seq),
    };
  },
};
