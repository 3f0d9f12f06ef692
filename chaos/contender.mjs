/**
 * What every contender in `contenders/` exports as `contender`. Its two halves run in processes of their own.
 * @typedef {object} Contender
 * @property {string} title
 * @property {string} set How it is set up, for whoever reads the table.
 * @property {(router: Router, port: number) => Promise<{ readonly port: number }>} serve
 *   Listens on 127.0.0.1; 0 picks a free port. Pings each second.
 * @property {(url: string, options: ConnectOptions) => Client} connect
 *   Dials at once, and again whenever the line is lost.
 * @property {boolean} carriesValues Whether its clients have `values`.
 * @property {(error: unknown) => Failure} failureOf What a rejection says.
 */

/** @typedef {ReturnType<typeof import('./service/router.mjs').makeRouter>} Router */
/** @typedef {ReturnType<typeof import('./service/item.mjs').item>} Item */

/**
 * @typedef {object} ConnectOptions
 * @property {(what: string) => void} note Told what becomes of the line.
 * @property {import('./service/client-router.mjs').ClientRouter} router What the server may call.
 */

/**
 * @typedef {object} Client
 * @property {(input: { value: string, delayMs: number }) => Promise<{ value: string, seal: number }>} echo
 * @property {(input: { client: number, number: number, delayMs: number }) => Promise<{ seal: number }>} bump
 * @property {(path: 'tracked' | 'untracked', input: import('./service/router.mjs').StreamInput, consumer: Consumer) => void} stream
 * @property {(told: (run: string, reason: string | undefined) => void) => void} watch
 *   Tells each run of `watch`, with the reason that was given for the end of the one before.
 * @property {() => void} close
 * @property {ValueCalls} [values] Absent where they cannot be made.
 */

/**
 * Calls whose values are more than JSON, and those that have the server call the client.
 * @typedef {object} ValueCalls
 * @property {(input: { data: Bytes }) => Promise<{ data: Bytes }>} echoBytes
 * @property {(input: import('./service/router.mjs').DownloadInput) => Promise<{ run: string, items: AsyncIterable<Item> }>} download
 * @property {(input: Chunks & { digestMs: number }) => Promise<{ count: number, sum: number }>} upload
 * @property {(input: Chunks) => Promise<AsyncIterable<{ n: number, chunk: Bytes }>>} duplex
 * @property {(input: { client: number, number: number, value: string, delayMs: number }) => Promise<{ seal: number }>} ask
 */

/** @typedef {{ client: number, number: number, chunks: AsyncIterable<Bytes> }} Chunks */
/** @typedef {Uint8Array<ArrayBuffer>} Bytes */

/**
 * @typedef {object} Consumer
 * @property {(item: Item) => void | Promise<void>} item A promise asks to be waited for.
 * @property {(reason: string) => void} gap The consumer is told that items may be missing before the next one.
 * @property {() => void} end
 * @property {(error: unknown) => void} error
 */

/**
 * @typedef {object} Failure
 * @property {'not-run' | 'unknown' | 'answered'} outcome `answered`: by an error of the server.
 * @property {string} code Such as `session-lost` or `timeout`; `untyped` if the error does not say.
 * @property {string} reason
 */

/** The first is the subject, the others are its peers. */
export const contenderNames = ['hawser', 'trpc', 'trpc-retry-all'];

/**
 * @param {string} name
 * @returns {Promise<Contender>}
 */
export async function loadContender(name) {
  return (await import(`./contenders/${name}.mjs`)).contender;
}
