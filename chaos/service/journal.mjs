import { closeSync, fstatSync, openSync, readFileSync, writeSync } from 'node:fs';

/** Kind, client, number, which life of the server it was, and two more: 4 bytes each; then the time in 8. */
const entryBytes = 32;

const kinds = /** @type {const} */ ({ ran: 1, heard: 2, broke: 3, asked: 4 });

/** How a call of the server to a client ended for the server. */
export const asked = /** @type {const} */ ({ answered: 1, 'not-run': 2, unknown: 3, failed: 4 });

/**
 * A stream of chunks, as a handler of the server heard it.
 * @typedef {object} Heard
 * @property {number} client
 * @property {number} number The mutation that carried it.
 * @property {number} count Of chunks.
 * @property {number} sum Of all of them.
 * @property {boolean} whole It came to an end, as its handler saw it; else it failed, or its handler was ended.
 * @property {number} at
 */

/** @typedef {{ readonly client: number, readonly number: number, readonly how: number, readonly at: number }} Asked */

/** What the server did, in a file: what a killed one did is in it. */
export class Journal {
  #file;
  #entry = Buffer.alloc(entryBytes);
  boot;

  /**
   * @param {string} path
   * @param {number} boot Which life of the server this is.
   */
  constructor(path, boot) {
    this.#file = openSync(path, 'a');
    this.boot = boot;
    // A life that was killed within a write would shift all that follow.
    const torn = fstatSync(this.#file).size % entryBytes;
    if (torn > 0) throw new Error('The journal ends within an entry');
  }

  /**
   * A mutation runs. Returns when the system has it: before any answer.
   * @param {number} client
   * @param {number} number
   */
  ran(client, number) {
    this.#write(kinds.ran, client, number, 0, 0);
  }

  /**
   * A stream of chunks is over.
   * @param {Omit<Heard, 'at'>} heard
   */
  heard({ client, number, count, sum, whole }) {
    this.#write(whole ? kinds.heard : kinds.broke, client, number, count, sum);
  }

  /**
   * A call to a client was settled.
   * @param {number} client
   * @param {number} number
   * @param {typeof asked[keyof typeof asked]} how
   */
  asked(client, number, how) {
    this.#write(kinds.asked, client, number, how, 0);
  }

  close() {
    closeSync(this.#file);
  }

  /** @param {readonly [kind: number, client: number, number: number, one: number, other: number]} fields */
  #write(...[kind, client, number, one, other]) {
    [kind, client, number, this.boot, one, other].forEach((field, index) => {
      this.#entry.writeUInt32LE(field, index * 4);
    });
    this.#entry.writeDoubleLE(Date.now(), 24);
    writeSync(this.#file, this.#entry);
  }

  /**
   * How often each mutation ran, as one array of counts by number for each client, and all else that was written.
   * @param {string} path
   * @param {readonly number[]} sizes How many mutations each client made.
   */
  static read(path, sizes) {
    const ran = sizes.map((size) => new Uint8Array(size));
    /** @type {Heard[]} */
    const heard = [];
    /** @type {Asked[]} */
    const answers = [];
    const entries = readFileSync(path);
    for (let at = 0; at + entryBytes <= entries.length; at += entryBytes) {
      const [kind, client, number, , one, other] = fieldsAt(entries, at);
      const entry = { client, number, at: entries.readDoubleLE(at + 24) };
      if (kind === kinds.ran) countRun(ran[client], number);
      else if (kind === kinds.asked) answers.push({ ...entry, how: one });
      else heard.push({ ...entry, count: one, sum: other, whole: kind === kinds.heard });
    }
    return { ran, heard, asked: answers };
  }
}

/** @typedef {ReturnType<typeof Journal.read>} History */

/**
 * @param {Buffer} entries
 * @param {number} at
 * @returns {[kind: number, client: number, number: number, boot: number, one: number, other: number]}
 */
function fieldsAt(entries, at) {
  const field = (/** @type {number} */ index) => entries.readUInt32LE(at + index * 4);
  return [field(0), field(1), field(2), field(3), field(4), field(5)];
}

/**
 * @param {Uint8Array | undefined} counts
 * @param {number} number
 */
function countRun(counts, number) {
  if (counts && number < counts.length) counts[number] = Math.min(255, (counts[number] ?? 0) + 1);
}
