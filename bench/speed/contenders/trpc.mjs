import { createTRPCClient, createWSClient, wsLink } from '@trpc/client';
import superjson from 'superjson';
import { WebSocket } from 'ws';
import { routerFor } from '../trpc-router.mjs';
import { serveTrpc } from '../trpc-server.mjs';
import { trpcSpeedClient } from '../trpc-speed-client.mjs';

/** @typedef {typeof import('../trpc-router.mjs').plainRouter} PlainRouter */
/** @typedef {typeof import('../trpc-router.mjs').richRouter} RichRouter */

/** @type {import('../speed-contender.mjs').SpeedContender} */
export const contender = {
  title: 'tRPC',

  serve: (transformer) => serveTrpc(routerFor(transformer)),

  async connect(url, transformer) {
    const client = createWSClient({
      url,
      WebSocket: /** @type {typeof globalThis.WebSocket} */ (/** @type {unknown} */ (WebSocket)),
    });
    /** @type {import('@trpc/client').CreateTRPCClientOptions<PlainRouter>} */
    const plain = { links: [wsLink({ client })] };
    /** @type {import('@trpc/client').CreateTRPCClientOptions<RichRouter>} */
    const rich = { links: [wsLink({ client, transformer: superjson })] };
    return trpcSpeedClient(transformer === 'superjson' ? createTRPCClient(rich) : createTRPCClient(plain));
  },
};
