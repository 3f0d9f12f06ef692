/**
 * What every contender of `flow-upload` exports as `contender`. Its two halves run in processes of their own.
 * @typedef {object} UploadContender
 * @property {string} title
 * @property {() => Promise<string>} serve Listens on a free port of 127.0.0.1 and answers where.
 * @property {(url: string) => Promise<Upload>} connect
 */

/**
 * Sends all chunks, asks for the next one only when there is room, and answers the SHA-256 of what arrived.
 * @typedef {(chunks: AsyncIterable<Uint8Array<ArrayBuffer>>) => Promise<string>} Upload
 */

/**
 * @param {string} name
 * @returns {Promise<UploadContender>}
 */
export async function loadUploadContender(name) {
  return (await import(`./contenders/${name}.mjs`)).contender;
}
