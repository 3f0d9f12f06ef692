import { serve } from '@hawser/adapter-node';
import { routerFor } from './trpc-router.mjs';

/**
 * As its README shows it: nothing is tuned, and session, credit and limits are on.
 * @param {import('./speed-contender.mjs').Transformer} transformer
 */
export function serveHawser(transformer) {
  return serveRouter(routerFor(transformer));
}

/** @param {import('@trpc/server').AnyTRPCRouter} router */
export function serveRouter(router) {
  return serve({ router, port: 0, host: '127.0.0.1' });
}
