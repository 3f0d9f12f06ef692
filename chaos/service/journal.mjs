import { closeSync, fstatSync, openSync, readFileSync, writeSync } from 'node:fs';

/** Client, number, and which life of the server it was: 4 bytes each. */
const entryBytes = 12;

/** Which mutations ran, in a file: what a killed server did is in it. */
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
   * Returns when the system has it: before any answer.
   * @param {number} client
   * @param {number} number
   */
  ran(client, number) {
    this.#entry.writeUInt32LE(client, 0);
    this.#entry.writeUInt32LE(number, 4);
    this.#entry.writeUInt32LE(this.boot, 8);
    writeSync(this.#file, this.#entry);
  }

  close() {
    closeSync(this.#file);
  }

  /**
   * How often each mutation ran: one array of counts by number for each client.
   * @param {string} path
   * @param {readonly number[]} sizes How many mutations each client made.
   */
  static read(path, sizes) {
    const counts = sizes.map((size) => new Uint8Array(size));
    const entries = readFileSync(path);
    for (let at = 0; at + entryBytes <= entries.length; at += entryBytes) {
      const own = counts[entries.readUInt32LE(at)];
      const number = entries.readUInt32LE(at + 4);
      if (own && number < own.length) own[number] = Math.min(255, (own[number] ?? 0) + 1);
    }
    return counts;
  }
}
