import type { Level, Side, Trade } from './market.js';

export interface BookEvents {
  level(level: Level): void;
  trade(trade: Trade): void;
}

export const opposite = (side: Side): Side => (side === 'buy' ? 'sell' : 'buy');

/** What is offered at each price. */
export class Book {
  readonly #sizes = { buy: new Map<number, number>(), sell: new Map<number, number>() };
  readonly #events: BookEvents;

  constructor(events: BookEvents) {
    this.#events = events;
  }

  get levels(): Level[] {
    return (['buy', 'sell'] as const).flatMap((side) =>
      [...this.#sizes[side]].map(([price, size]) => ({ side, price, size })),
    );
  }

  /** Infinitely bad if there is none. */
  best(side: Side): number {
    const prices = this.#sizes[side].keys();
    return side === 'buy' ? Math.max(...prices) : Math.min(...prices);
  }

  offer(level: Level): void {
    const { side, price, size } = level;
    if (size > 0) this.#sizes[side].set(price, size);
    else this.#sizes[side].delete(price);
    this.#events.level(level);
  }

  /** Trades with the other side, best price first. Answers how much of the size there was, and what for. */
  take(side: Side, size: number, at: number): { readonly filled: number; readonly paid: number } {
    const from = opposite(side);
    let [filled, paid] = [0, 0];
    while (filled < size) {
      const price = this.best(from);
      const offered = this.#sizes[from].get(price);
      if (offered === undefined) break;
      const traded = Math.min(offered, size - filled);
      filled += traded;
      paid += traded * price;
      this.offer({ side: from, price, size: offered - traded });
      this.#events.trade({ at, price, size: traded });
    }
    return { filled, paid };
  }
}
