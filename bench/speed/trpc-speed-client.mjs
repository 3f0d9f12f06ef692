/**
 * @typedef {import('@trpc/client').TRPCClient<typeof import('./trpc-router.mjs').plainRouter>
 *   | import('@trpc/client').TRPCClient<typeof import('./trpc-router.mjs').richRouter>} Api
 */

/**
 * What tRPC's own client does, over whichever link.
 * @param {Api} api
 * @returns {import('./speed-contender.mjs').SpeedClient}
 */
export function trpcSpeedClient(api) {
  return {
    echo: (order) => api.echo.query(order),
    guarded: (order) => api.guarded.query(order),
    abortable: (order, signal) => api.echo.query(order, { signal }),
    ticks: (count, onData) =>
      new Promise((resolve, reject) => {
        api.ticks.subscribe(count, { onData, onError: reject, onComplete: () => resolve(undefined) });
      }),
    async listen(onData) {
      api.news.subscribe(undefined, { onData });
    },
    publish: (publication) => api.publish.mutate(publication),
  };
}
