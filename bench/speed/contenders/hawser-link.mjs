import { connect } from '@hawser/client';
import { hawserLink } from '@hawser/client/trpc';
import { createTRPCClient } from '@trpc/client';
import superjson from 'superjson';
import { serveHawser } from '../hawser-server.mjs';
import { trpcSpeedClient } from '../trpc-speed-client.mjs';

/** @typedef {typeof import('../trpc-router.mjs').plainRouter} PlainRouter */
/** @typedef {typeof import('../trpc-router.mjs').richRouter} RichRouter */

/** tRPC's client, its chain of links and all, with Hawser under it. */
/** @type {import('../speed-contender.mjs').SpeedContender} */
export const contender = {
  title: 'Hawser, through `hawserLink`',

  serve: serveHawser,

  async connect(url, transformer) {
    const connection = connect({ url });
    /** @type {import('@trpc/client').CreateTRPCClientOptions<PlainRouter>} */
    const plain = { links: [hawserLink({ connection })] };
    /** @type {import('@trpc/client').CreateTRPCClientOptions<RichRouter>} */
    const rich = { links: [hawserLink({ connection, transformer: superjson })] };
    return trpcSpeedClient(transformer === 'superjson' ? createTRPCClient(rich) : createTRPCClient(plain));
  },
};
