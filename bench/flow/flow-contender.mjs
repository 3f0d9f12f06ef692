/**
 * What every contender in `contenders/` exports as `contender`. Its two halves run in processes of their own.
 * @typedef {object} FlowContender
 * @property {string} title
 * @property {(source: import('./source.mjs').Source) => Promise<string>} serve Listens on a free port of 127.0.0.1
 *   and answers where.
 * @property {(url: string) => Promise<FlowClient>} connect
 */

/**
 * One socket. Optional is what not every contender has.
 * @typedef {object} FlowClient
 * @property {() => void} pause Reads no more of the socket.
 * @property {(stream: import('./source.mjs').Stream, onItem: (item: string) => unknown) => void} push Waits for a
 *   promise that `onItem` gives if the contender does so.
 * @property {(stream: import('./source.mjs').Stream) => AsyncIterable<string>} [pull]
 * @property {(seq: number) => Promise<number>} [echo] Another call on the same socket.
 */

/**
 * @param {string} name
 * @returns {Promise<FlowContender>}
 */
export async function loadFlowContender(name) {
  return (await import(`./contenders/${name}.mjs`)).contender;
}
