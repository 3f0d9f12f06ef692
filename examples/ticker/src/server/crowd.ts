import type { Book } from './book.js';
import type { Side } from './market.js';

/** What the good is usually worth, and how far from its worth the crowd has offers, in pence. */
const USUAL = 1_284;
const DEPTH = 26;

/** By how much the worth wanders in a second, in pence. */
const UNREST = 5;

/** They quote around what they take the good to be worth, and trade towards it. */
export class Crowd {
  readonly #book: Book;
  #worth = USUAL;

  constructor(book: Book) {
    this.#book = book;
  }

  /** One of them does something. */
  act(at: number, elapsedMs: number): void {
    const step = (Math.random() + Math.random() + Math.random() - 1.5) * 2;
    this.#worth += step * UNREST * Math.sqrt(elapsedMs / 1_000);
    this.#worth += (USUAL - this.#worth) * 0.00002 * elapsedMs;
    const isDear = this.#book.best('buy') > this.#worth;
    const isCheap = this.#book.best('sell') < this.#worth;
    const side = isCheap || (!isDear && Math.random() < 0.5) ? 'buy' : 'sell';
    if (isDear || isCheap || Math.random() < 0.06) {
      this.#book.take(side, 1 + Math.floor(Math.random() ** 3 * 90), at);
    } else this.#quote(side);
  }

  #quote(side: Side): void {
    const distance = Math.floor(Math.random() ** 2 * DEPTH);
    const price = side === 'buy' ? Math.floor(this.#worth) - distance : Math.ceil(this.#worth) + distance;
    const size = Math.round((8 + Math.random() * 60) * (1 + distance / 10));
    this.#book.offer({ side, price, size: Math.random() < 0.12 && distance > 1 ? 0 : size });
  }
}
