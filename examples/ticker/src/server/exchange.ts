import { TRPCError } from '@trpc/server';
import { Book } from './book.js';
import { addTrade, CHART_SECONDS } from './candles.js';
import { Crowd } from './crowd.js';
import type { Candle, Level, Order, PlacedOrder, Trade } from './market.js';

export interface ExchangeListener {
  level(level: Level): void;
  trade(trade: Trade): void;
  order(trader: string, order: PlacedOrder): void;
  isWatched(): boolean;
}

const TRADE_EVERY_MS = 10;
/** What nobody saw is made up in steps of this, in ms, and no more of it than a chart shows. */
const UNSEEN_STEP_MS = 20;
const LATE_MS = 1_000;

/** The exchange itself. The server beside it may come and go: what was placed and traded stays. */
export class Exchange {
  /** Who is told what happens. */
  listener: ExchangeListener | undefined;
  /** What the crowd does in a second. */
  pace = 2_000;
  candles: readonly Candle[] = [];
  readonly #book = new Book({
    level: (level) => this.listener?.level(level),
    trade: (trade) => {
      this.candles = addTrade(this.candles, trade);
      this.listener?.trade(trade);
    },
  });
  readonly #crowd = new Crowd(this.#book);
  readonly #orders = new Map<string, { readonly trader: string; readonly placed: PlacedOrder }>();
  /** When somebody did something, in ms since 1970. */
  #acted = 0;

  constructor() {
    this.#trade();
    // Trade does not keep a process alive.
    setInterval(() => this.#trade(), TRADE_EVERY_MS).unref();
  }

  get levels(): readonly Level[] {
    return this.#book.levels;
  }

  ordersOf(trader: string): readonly PlacedOrder[] {
    return [...this.#orders.values()].filter((order) => order.trader === trader).map(({ placed }) => placed);
  }

  /** Whoever sends an order again is asking for nothing new. */
  place(trader: string, order: Order): PlacedOrder {
    const known = this.#orders.get(order.id);
    if (known && known.trader !== trader) {
      throw new TRPCError({ code: 'CONFLICT', message: 'Another order has this id' });
    }
    const placed = known
      ? { ...known.placed, asked: known.placed.asked + 1 }
      : { ...order, ...this.#book.take(order.side, order.size, Date.now()), asked: 1 };
    this.#orders.set(order.id, { trader, placed });
    this.listener?.order(trader, placed);
    return placed;
  }

  #trade(): void {
    const now = Date.now();
    this.#acted = Math.max(this.#acted, this.pace > 0 ? now - CHART_SECONDS * 1_000 : now);
    const isSeen = this.listener?.isWatched() && now - this.#acted < LATE_MS;
    const stepMs = isSeen ? 1_000 / this.pace : UNSEEN_STEP_MS;
    for (; this.#acted < now; this.#acted += stepMs) this.#crowd.act(this.#acted, stepMs);
  }
}
