/**
 * What the client's process does in a scenario.
 * @typedef {object} Load
 * @property {number} sockets How many clients there are, each with a socket of its own.
 * @property {(clients: readonly SpeedClient[], connect: () => Promise<SpeedClient>) => Promise<void>} check Throws
 *   when the contender answers wrongly. Once, before anything is timed.
 * @property {(clients: readonly SpeedClient[], size: number, connect: () => Promise<SpeedClient>) => Promise<Done>} run
 */

/** @typedef {import('./speed-contender.mjs').SpeedClient} SpeedClient */

/**
 * What was done, in how many ms of the clock. `figure` is what only the load itself can measure.
 * @typedef {{ readonly amount: number, readonly ms: number, readonly figure?: number }} Done
 */

/**
 * @param {readonly SpeedClient[]} clients
 * @returns {SpeedClient}
 */
export function first([client]) {
  if (!client) throw new Error('No client');
  return client;
}
