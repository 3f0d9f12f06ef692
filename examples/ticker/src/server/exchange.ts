import { TRPCError } from '@trpc/server';
import { Book } from './book.js';
import { addTrade, CHART_SECONDS } from './candles.js';
import { Crowd } from './crowd.js';
import {
  type Candle,
  type GoodsSymbol,
  type Level,
  type Order,
  type PlacedOrder,
  type Quote,
  symbols,
  type Trade,
} from './goods.js';

export interface ExchangeEvents {
  level(symbol: GoodsSymbol, level: Level): void;
  trade(symbol: GoodsSymbol, trade: Trade): void;
  quote(quote: Quote): void;
  order(trader: string, order: PlacedOrder): void;
  pace(pace: number): void;
  /** In an empty hall nobody trades. */
  isWatched(): boolean;
}

interface Floor {
  readonly book: Book;
  readonly crowd: Crowd;
  readonly opened: number;
  candles: readonly Candle[];
  last: number;
}

const OPENING_PRICES: Record<GoodsSymbol, number> = { HEMP: 1_284, TEAK: 4_350, SALT: 1_912, COAL: 2_867 };
const STEP_MS = 10;
/** What nobody watched is made up in coarser steps, and no more of it than a chart shows. */
const UNSEEN_STEP_MS = 20;
const UNSEEN_FROM_MS = 1_000;

/** The exchange itself. The server beside it may come and go: what was placed and traded stays. */
export class Exchange {
  readonly #floors: ReadonlyMap<GoodsSymbol, Floor>;
  readonly #orders = new Map<string, { readonly trader: string; placed: PlacedOrder }>();
  #events: ExchangeEvents | undefined;
  #timer: NodeJS.Timeout | undefined;
  #pace = 2_000;
  /** When somebody did something, in ms since 1970. */
  #acted = 0;

  constructor() {
    this.#floors = new Map(symbols.map((symbol) => [symbol, this.#open(symbol)]));
    this.#makeUp(Date.now());
  }

  /** What people do with each good, in a second. */
  get pace(): number {
    return this.#pace;
  }

  set pace(pace: number) {
    if (this.#pace === 0) this.#acted = Date.now();
    this.#pace = pace;
    this.#events?.pace(pace);
  }

  get quotes(): readonly Quote[] {
    return symbols.map((symbol) => this.#quote(symbol));
  }

  levels(symbol: GoodsSymbol): readonly Level[] {
    return this.#floor(symbol).book.levels;
  }

  candles(symbol: GoodsSymbol): readonly Candle[] {
    return this.#floor(symbol).candles;
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
    if (known) return this.#change(order.id, { asked: known.placed.asked + 1 });
    const placed = { ...order, at: Date.now(), filled: 0, paid: 0, asked: 1 };
    this.#orders.set(order.id, { trader, placed });
    this.#floor(order.symbol).book.place(placed);
    return this.#change(order.id, {});
  }

  /** Trades from now on. The returned function stops that. */
  watch(events: ExchangeEvents): () => void {
    this.#events = events;
    this.#timer = setInterval(() => {
      if (this.#pace > 0 && events.isWatched()) this.#trade(Date.now());
    }, STEP_MS);
    return () => {
      clearInterval(this.#timer);
      this.#events = undefined;
    };
  }

  #trade(now: number): void {
    if (now - this.#acted > UNSEEN_FROM_MS) this.#makeUp(now);
    const stepMs = 1_000 / this.#pace;
    for (; this.#acted < now; this.#acted += stepMs) this.#act(this.#acted, stepMs);
  }

  #makeUp(now: number): void {
    this.#acted = Math.max(this.#acted, now - CHART_SECONDS * 1_000);
    for (; this.#acted < now; this.#acted += UNSEEN_STEP_MS) this.#act(this.#acted, UNSEEN_STEP_MS);
  }

  #act(at: number, elapsedMs: number): void {
    for (const { crowd } of this.#floors.values()) crowd.act(at, elapsedMs);
  }

  #open(symbol: GoodsSymbol): Floor {
    const opened = OPENING_PRICES[symbol];
    const book = new Book({
      level: (level) => this.#events?.level(symbol, level),
      trade: (trade) => this.#traded(symbol, trade),
      filled: ({ id }, size, price) => this.#filled(id, size, price),
    });
    return { book, crowd: new Crowd(book, opened), opened, candles: [], last: opened };
  }

  #traded(symbol: GoodsSymbol, trade: Trade): void {
    const floor = this.#floor(symbol);
    floor.last = trade.price;
    floor.candles = addTrade(floor.candles, trade);
    this.#events?.trade(symbol, trade);
    this.#events?.quote(this.#quote(symbol));
  }

  #filled(id: string, size: number, price: number): void {
    const order = this.#orders.get(id)?.placed;
    if (order) this.#change(id, { filled: order.filled + size, paid: order.paid + size * price });
  }

  #change(id: string, change: Partial<PlacedOrder>): PlacedOrder {
    const order = this.#orders.get(id);
    if (!order) throw new Error(`There is no order ${id}`);
    order.placed = { ...order.placed, ...change };
    this.#events?.order(order.trader, order.placed);
    return order.placed;
  }

  #quote(symbol: GoodsSymbol): Quote {
    const { last, opened } = this.#floor(symbol);
    return { symbol, last, change: ((last - opened) / opened) * 100 };
  }

  #floor(symbol: GoodsSymbol): Floor {
    const floor = this.#floors.get(symbol);
    if (!floor) throw new Error(`Nobody trades ${symbol}`);
    return floor;
  }
}
