import { createClient } from '@hawser/client';
import superjson from 'superjson';

/** @typedef {import('@hawser/client').Client<typeof import('./trpc-router.mjs').plainRouter>} PlainClient */
/** @typedef {import('@hawser/client').Client<typeof import('./trpc-router.mjs').richRouter>} RichClient */

/**
 * @param {import('@hawser/client').Connection} connection
 * @param {import('./speed-contender.mjs').Transformer} transformer
 * @returns {import('./speed-contender.mjs').SpeedClient}
 */
export function hawserSpeedClient(connection, transformer) {
  /** @type {PlainClient} */
  const plain = createClient(connection);
  /** @type {RichClient} */
  const rich = createClient(connection, { transformer: superjson });
  const api = transformer === 'superjson' ? rich : plain;
  return {
    echo: (order) => api.echo.query(order),
    guarded: (order) => api.guarded.query(order),
    abortable: (order, signal) => api.echo.query(order, { signal }),
    async ticks(count, onTick) {
      for await (const tick of api.ticks.subscribe(count)) onTick(tick);
    },
    async listen(onNews) {
      api.news.subscribe(undefined, { onData: onNews });
    },
    publish: (publication) => api.publish.mutate(publication, { timeoutMs: 120_000 }),
  };
}
