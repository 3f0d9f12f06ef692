import type { Gap } from '@hawser/client';
import type { Side } from '../server/market.js';
import type { BookEvent } from '../server/router.js';

/** What stands at each price, as far as this page knows. */
export interface BookView {
  readonly buy: ReadonlyMap<number, number>;
  readonly sell: ReadonlyMap<number, number>;
  /** Updates that made it. */
  readonly updates: number;
  /** Updates that newer ones of the same price made needless, so that they were never sent. */
  readonly spared: number;
}

export const emptyBook: BookView = { buy: new Map(), sell: new Map(), updates: 0, spared: 0 };

/** The book after all that came since the last frame. */
export function updateBook(book: BookView, events: readonly { readonly data: BookEvent }[]): BookView {
  const sides = { buy: new Map(book.buy), sell: new Map(book.sell) };
  for (const { data: event } of events) {
    if (event.type === 'book') {
      sides.buy.clear();
      sides.sell.clear();
      for (const { side, price, size } of event.levels) sides[side].set(price, size);
    } else if (event.size === 0) sides[event.side].delete(event.price);
    else sides[event.side].set(event.price, event.size);
  }
  return { ...book, ...sides, updates: book.updates + events.length };
}

/** Left out at the server, because something newer was there: nothing is wrong. */
export function countSpared(book: BookView, { count = 0 }: Gap): BookView {
  return { ...book, spared: book.spared + count };
}

/** Best price first. */
export function ladderOf(book: BookView, side: Side): [price: number, size: number][] {
  return [...book[side]].sort(([a], [b]) => (side === 'buy' ? b - a : a - b));
}
