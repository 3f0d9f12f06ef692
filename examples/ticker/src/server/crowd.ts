import { type Book, opposite } from './book.js';
import type { Side } from './goods.js';

/** How far from what a good is worth the crowd has offers, in pence. */
const DEPTH = 26;

/** By how much the worth of a good wanders in a second, in pence. */
const UNREST = 5;

/** The people of a floor: they quote around what they take a good to be worth, and trade towards it. */
export class Crowd {
  readonly #book: Book;
  readonly #usual: number;
  #worth: number;

  constructor(book: Book, worth: number) {
    this.#book = book;
    this.#usual = worth;
    this.#worth = worth;
    for (let distance = DEPTH; distance > 0; distance--) {
      book.offer('buy', worth - distance, sizeAt(distance));
      book.offer('sell', worth + distance, sizeAt(distance));
    }
  }

  /** One of them does something. */
  act(at: number, elapsedMs: number): void {
    const step = (Math.random() + Math.random() + Math.random() - 1.5) * 2;
    this.#worth += step * UNREST * Math.sqrt(elapsedMs / 1000);
    this.#worth += (this.#usual - this.#worth) * 0.00002 * elapsedMs;
    if (this.#isMispriced || Math.random() < 0.06) this.#trade(at);
    else this.#quote(Math.random() < 0.5 ? 'buy' : 'sell');
  }

  get #isMispriced(): boolean {
    const { bid, ask } = this.#edges;
    return bid > this.#worth || ask < this.#worth;
  }

  get #edges(): { readonly bid: number; readonly ask: number } {
    return { bid: this.#book.best('buy') ?? 0, ask: this.#book.best('sell') ?? Number.POSITIVE_INFINITY };
  }

  #trade(at: number): void {
    const { bid, ask } = this.#edges;
    const side = ask < this.#worth || (bid <= this.#worth && Math.random() < 0.5) ? 'buy' : 'sell';
    const limit = side === 'buy' ? ask + 1 : bid - 1;
    this.#book.take({ side, limit, size: 1 + Math.floor(Math.random() ** 3 * 90) }, at);
  }

  #quote(side: Side): void {
    const farthest = this.#book.farthest(side);
    if (farthest !== undefined && Math.abs(farthest - this.#worth) > DEPTH + 2) {
      this.#book.offer(side, farthest, 0);
      return;
    }
    const distance = 1 + Math.floor(Math.random() ** 2 * DEPTH);
    const price =
      side === 'buy' ? Math.floor(this.#worth) - distance + 1 : Math.ceil(this.#worth) + distance - 1;
    const other = this.#book.best(opposite(side));
    if (other !== undefined && (side === 'buy' ? price >= other : price <= other)) return;
    this.#book.offer(side, price, Math.random() < 0.12 && distance > 2 ? 0 : sizeAt(distance));
  }
}

function sizeAt(distance: number): number {
  return Math.round((8 + Math.random() * 60) * (1 + distance / 10));
}
