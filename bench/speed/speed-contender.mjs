/**
 * What every contender in `contenders/` exports as `contender`. Its two halves run in processes of their own.
 * @typedef {object} SpeedContender
 * @property {string} title
 * @property {(transformer: Transformer) => Promise<{ readonly url: string }>} serve Listens on a free port of
 *   127.0.0.1.
 * @property {(url: string, transformer: Transformer) => Promise<SpeedClient>} connect On a socket of its own.
 */

/** @typedef {'none' | 'superjson'} Transformer How values that JSON cannot hold would travel. */

/**
 * @typedef {object} SpeedClient
 * @property {Echo} echo Answers an order. It is validated, by every contender that has a way to validate.
 * @property {Echo} guarded The same, validated and behind one middleware, or what the contender has in the place of it.
 * @property {(order: import('../payloads.mjs').Order, signal: AbortSignal) => Promise<unknown>} [abortable] An echo.
 * @property {(count: number, onTick: (tick: Tick) => void) => Promise<unknown>} ticks One stream, read as this
 *   contender's users read it; settled when the stream is over.
 * @property {(onNews: (news: Tick) => void) => Promise<unknown>} listen Hears whatever is published from then on, or
 *   from a little later on.
 * @property {(order: Publication) => Promise<unknown>} publish
 */

/** @typedef {(order: import('../payloads.mjs').Order) => Promise<unknown>} Echo */
/** @typedef {import('../payloads.mjs').Tick} Tick */
/** @typedef {import('./newsroom.mjs').Publication} Publication */

/** The two forms of bare `ws` that the others are divided by. */
export const bare = 'bare-ws';
export const floor = 'bare-ws-batched';

export const own = [bare, floor, 'hawser', 'hawser-link'];

export const peers = ['trpc', 'orpc', 'capnweb', 'socket-io', 'graphql-ws', 'river'];

/**
 * Whether it is measured with `--peers` only.
 * @param {string} name
 */
export function isPeer(name) {
  return peers.some((peer) => name.startsWith(peer));
}

/**
 * @param {string} name
 * @returns {Promise<SpeedContender>}
 */
export async function loadSpeedContender(name) {
  return (await import(`./contenders/${name}.mjs`)).contender;
}
