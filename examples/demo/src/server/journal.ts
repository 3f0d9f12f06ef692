import { Bell } from './bell.js';

export interface Entry<T> {
  readonly seq: number;
  readonly value: T;
}

/**
 * The newest values, numbered without holes. A reader holds a position and nothing else, so a slow or absent
 * one costs no memory: when it comes back it reads on, and what was dropped meanwhile shows as missing numbers.
 */
export class Journal<T> {
  readonly #keep: number;
  readonly #bell = new Bell();
  #entries: Entry<T>[] = [];
  #newest: number;

  /** `before` is the number before the first one: the reader of an empty journal starts there. */
  constructor(keep: number, before = 0) {
    this.#keep = keep;
    this.#newest = before;
  }

  get newest(): number {
    return this.#newest;
  }

  get entries(): readonly Entry<T>[] {
    return this.#entries;
  }

  append(value: T): Entry<T> {
    this.#newest += 1;
    const entry = { seq: this.#newest, value };
    this.#entries = [...this.#entries, entry].slice(-this.#keep);
    this.#bell.ring();
    return entry;
  }

  /** Every entry after `seq` that is still kept, then each new one, until the signal fires. */
  async *follow(seq: number, signal: AbortSignal | undefined): AsyncGenerator<Entry<T>, void> {
    let read = Math.min(seq, this.#newest);
    while (!signal?.aborted) {
      const unread = this.#entries.filter((entry) => entry.seq > read);
      if (unread.length === 0) await this.#bell.next(signal);
      for (const entry of unread) {
        yield entry;
        read = entry.seq;
      }
    }
  }
}
