import type { ConnectionLike } from './connection-like.js';
import type { Page } from './page.js';

/** How often the round trip is looked at, in ms: a connection tells no change of it. */
const lookEveryMs = 1000;
/** At every how many looks it is measured. */
const measureEvery = 5;

/** Somebody who may show the round trip. */
export interface RoundTripReader {
  /** Whether it does. */
  readonly reads: () => boolean;
  /** Told that there may be another one. */
  readonly look: () => void;
}

/**
 * Has the round trip of a connection measured and looked at, once for all readers: while there are some, and while
 * the page is seen. Nothing is sent for readers that do not show it.
 */
export class RoundTripTicker {
  readonly #connection: ConnectionLike;
  readonly #page: Page;
  readonly #readers = new Set<RoundTripReader>();
  #looks = 0;
  /** Stops the clock; undefined while it stands. */
  #stop: (() => void) | undefined;
  #unwatch: () => void = () => {};

  constructor(connection: ConnectionLike, page: Page) {
    this.#connection = connection;
    this.#page = page;
  }

  /** @param reader An object of its own in each call. */
  add(reader: RoundTripReader): () => void {
    this.#readers.add(reader);
    if (this.#readers.size === 1) {
      this.#unwatch = this.#page.watch(() => this.#settle());
      this.#settle();
    }
    return () => this.#remove(reader);
  }

  #remove(reader: RoundTripReader): void {
    if (!this.#readers.delete(reader) || this.#readers.size > 0) return;
    this.#unwatch();
    this.#settle();
  }

  #settle(): void {
    if (this.#page.hidden || this.#readers.size === 0) {
      this.#stop?.();
      this.#stop = undefined;
    } else if (!this.#stop) {
      this.#looks = 0;
      this.#goOn();
    }
  }

  #goOn(): void {
    this.#stop = this.#page.after(lookEveryMs, () => {
      this.#goOn();
      this.#look();
    });
  }

  #look(): void {
    const readers = [...this.#readers].filter(({ reads }) => reads());
    if (readers.length === 0) return;
    if (this.#looks++ % measureEvery === 0) this.#connection.measure();
    for (const { look } of readers) look();
  }
}

/** The ticker of each connection on a page. */
export class RoundTripTickers {
  readonly #page: Page;
  readonly #tickers = new WeakMap<ConnectionLike, RoundTripTicker>();

  constructor(page: Page) {
    this.#page = page;
  }

  of(connection: ConnectionLike): RoundTripTicker {
    const known = this.#tickers.get(connection);
    if (known) return known;
    const ticker = new RoundTripTicker(connection, this.#page);
    this.#tickers.set(connection, ticker);
    return ticker;
  }
}
