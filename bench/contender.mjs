/**
 * What every contender in `contenders/` exports as `contender`. Its two halves run in processes of their own.
 * @typedef {object} Contender
 * @property {string} title
 * @property {() => Promise<{ readonly url: string }>} serve Listens on a free port of 127.0.0.1.
 * @property {(url: string) => Promise<Client>} connect Resolves when a call can be made.
 */

/**
 * @typedef {object} Client
 * @property {(order: import('./payloads.mjs').Order) => Promise<unknown>} echo Answers what it was given.
 * @property {(stream: import('./payloads.mjs').Stream) => AsyncIterable<import('./payloads.mjs').Tick>} [ticks]
 * @property {boolean} [grantsCredit] Whether it is to grant streams more than their first window.
 * @property {() => number} [credits] How many of its frames did.
 */

/**
 * What every scenario in `scenarios/` exports as `scenario`.
 * @typedef {object} Scenario
 * @property {string} title
 * @property {string} unit Of what is measured; less is better.
 * @property {string} baseline The contender that the others are divided by.
 * @property {string} subject The contender that the bar is for.
 * @property {readonly string[]} others
 * @property {number} bar
 * @property {Record<'warmUp' | 'rounds' | 'roundsEach' | 'calls' | 'profiled', number>} defaults `roundsEach`
 *   are made in the same processes.
 * @property {(client: Client) => Promise<void>} check Throws when the contender answers wrongly.
 * @property {(client: Client, calls: number) => Promise<number | void>} measure Runs in the client's process. If it
 *   answers nothing, the CPU time that both ends have spent meanwhile is the value, in µs a call.
 */

/**
 * @param {string} name
 * @returns {Promise<Contender>}
 */
export async function loadContender(name) {
  return (await import(`./contenders/${name}.mjs`)).contender;
}

/**
 * @param {string} name
 * @returns {Promise<Scenario>}
 */
export async function loadScenario(name) {
  return (await import(`./scenarios/${name}.mjs`)).scenario;
}
