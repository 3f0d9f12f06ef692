/**
 * What every contender of `flow-large` exports as `contender`. Its two halves run in processes of their own.
 * @typedef {object} LargeContender
 * @property {string} title
 * @property {() => Promise<string>} serve Listens on a free port of 127.0.0.1 and answers where.
 * @property {(url: string) => Promise<LargeClient>} connect Resolves when a call can be made.
 */

/**
 * One socket. Both ends look at the values that they get.
 * @typedef {object} LargeClient
 * @property {(seq: number) => Promise<number>} echo A small call.
 * @property {() => Promise<void>} result A large value, from the server.
 * @property {() => Promise<void>} input The same, to the server.
 * @property {() => number} drops How often the connection was not open.
 */

/**
 * @param {string} name
 * @returns {Promise<LargeContender>}
 */
export async function loadLargeContender(name) {
  return (await import(`./contenders/${name}.mjs`)).contender;
}
