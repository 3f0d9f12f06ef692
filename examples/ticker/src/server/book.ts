import type { Level, PlacedOrder, Side, Trade } from './goods.js';

export interface Take {
  readonly side: Side;
  /** The worst price to be accepted. */
  readonly limit: number;
  readonly size: number;
}

interface Resting {
  readonly order: PlacedOrder;
  left: number;
}

export interface BookEvents {
  level(level: Level): void;
  trade(trade: Trade): void;
  /** So much of the order was traded at the price. */
  filled(order: PlacedOrder, size: number, price: number): void;
}

export const opposite = (side: Side): Side => (side === 'buy' ? 'sell' : 'buy');

/** The order book of one good: what the crowd offers at each price, and in front of it the orders of people. */
export class Book {
  readonly #crowd = { buy: new Map<number, number>(), sell: new Map<number, number>() };
  readonly #resting: Record<Side, Map<number, Resting[]>> = { buy: new Map(), sell: new Map() };
  readonly #events: BookEvents;

  constructor(events: BookEvents) {
    this.#events = events;
  }

  get levels(): Level[] {
    return (['buy', 'sell'] as const).flatMap((side) =>
      this.prices(side).map((price) => ({ side, price, size: this.#sizeAt(side, price) })),
    );
  }

  /** Best first. */
  prices(side: Side): number[] {
    const prices = [...new Set([...this.#crowd[side].keys(), ...this.#resting[side].keys()])];
    return prices.sort((a, b) => (side === 'buy' ? b - a : a - b));
  }

  best(side: Side): number | undefined {
    let best: number | undefined;
    for (const prices of [this.#crowd[side].keys(), this.#resting[side].keys()]) {
      for (const price of prices) if (best === undefined || isBetter(side, price, best)) best = price;
    }
    return best;
  }

  /** The crowd's worst price. */
  farthest(side: Side): number | undefined {
    const prices = [...this.#crowd[side].keys()];
    if (prices.length === 0) return undefined;
    return side === 'buy' ? Math.min(...prices) : Math.max(...prices);
  }

  /** What the crowd offers at a price, from now on. */
  offer(side: Side, price: number, size: number): void {
    if (size > 0) this.#crowd[side].set(price, size);
    else if (!this.#crowd[side].delete(price)) return;
    this.#tell(side, price);
  }

  /** Trades with the other side, best price first. Answers what is left of the size. */
  take({ side, limit, size }: Take, at: number, taker?: PlacedOrder): number {
    const from = opposite(side);
    let left = size;
    for (const price of this.prices(from)) {
      if (left === 0 || isBetter(side, price, limit)) break;
      const traded = this.#takeAt(from, price, left);
      left -= traded;
      if (taker) this.#events.filled(taker, traded, price);
      this.#events.trade({ at, price, size: traded, taker: side });
      this.#tell(from, price);
    }
    return left;
  }

  /** Trades what can be traded, and leaves the rest in the book. */
  place(order: PlacedOrder): void {
    const { side, price, size, at } = order;
    const left = this.take({ side, limit: price, size }, at, order);
    if (left === 0) return;
    const queue = this.#resting[side].get(price) ?? [];
    this.#resting[side].set(price, [...queue, { order, left }]);
    this.#tell(side, price);
  }

  /** First come, first served; the crowd comes last. */
  #takeAt(side: Side, price: number, wanted: number): number {
    let left = wanted;
    for (const resting of this.#resting[side].get(price) ?? []) {
      const traded = Math.min(left, resting.left);
      resting.left -= traded;
      left -= traded;
      if (traded > 0) this.#events.filled(resting.order, traded, price);
    }
    const queue = (this.#resting[side].get(price) ?? []).filter((resting) => resting.left > 0);
    if (queue.length > 0) this.#resting[side].set(price, queue);
    else this.#resting[side].delete(price);

    const crowd = this.#crowd[side].get(price) ?? 0;
    const traded = Math.min(left, crowd);
    if (crowd > traded) this.#crowd[side].set(price, crowd - traded);
    else this.#crowd[side].delete(price);
    return wanted - left + traded;
  }

  #sizeAt(side: Side, price: number): number {
    const queue = this.#resting[side].get(price) ?? [];
    return queue.reduce((sum, { left }) => sum + left, this.#crowd[side].get(price) ?? 0);
  }

  #tell(side: Side, price: number): void {
    this.#events.level({ side, price, size: this.#sizeAt(side, price) });
  }
}

/** Whether a buyer, or a seller, of the book is served before another. */
function isBetter(side: Side, price: number, than: number): boolean {
  return side === 'buy' ? price > than : price < than;
}
