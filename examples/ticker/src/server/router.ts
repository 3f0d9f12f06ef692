import { channel, channels } from '@hawser/adapter-node';
import { initTRPC } from '@trpc/server';
import { z } from 'zod';
import type { Exchange } from './exchange.js';
import {
  candleSchema,
  levelSchema,
  orderSchema,
  placedOrderSchema,
  quoteSchema,
  symbolSchema,
  tradeSchema,
} from './goods.js';

export interface Context {
  readonly trader: string;
}

const t = initTRPC.context<Context>().create();

const bookEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('book'), levels: z.array(levelSchema).readonly() }),
  levelSchema.extend({ type: z.literal('level') }),
]);
const tapeEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('candles'), candles: z.array(candleSchema).readonly() }),
  tradeSchema.extend({ type: z.literal('trade') }),
]);
const deskEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('orders'), orders: z.array(placedOrderSchema).readonly() }),
  z.object({ type: z.literal('order'), order: placedOrderSchema }),
]);
const quotesEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('quotes'), quotes: z.array(quoteSchema).readonly() }),
  quoteSchema.extend({ type: z.literal('quote') }),
]);

const goods = z.object({ symbol: symbolSchema });

export type BookEvent = z.infer<typeof bookEvent>;
export type TapeEvent = z.infer<typeof tapeEvent>;
export type DeskEvent = z.infer<typeof deskEvent>;
export type QuotesEvent = z.infer<typeof quotesEvent>;
export type AppRouter = ReturnType<typeof createRouter>;

type Channels = ReturnType<typeof openChannels>;

const levelKey = (event: BookEvent) => (event.type === 'level' ? `${event.side} ${event.price}` : 'book');
const quoteKey = (event: QuotesEvent) => (event.type === 'quote' ? event.symbol : 'quotes');

/** What the exchange does goes into channels, until `close`. */
export function openChannels(exchange: Exchange) {
  const quotes = channel({ event: quotesEvent, key: quoteKey });
  const books = channels({ event: bookEvent, key: levelKey });
  const tapes = channels({ event: tapeEvent });
  const desks = channels({ event: deskEvent });
  const pace = channel({ event: z.number() });
  const close = exchange.watch({
    quote: (quote) => quotes.publish({ type: 'quote', ...quote }).catch(console.error),
    level: (symbol, level) =>
      books
        .at(symbol)
        .publish({ type: 'level', ...level })
        .catch(console.error),
    trade: (symbol, trade) =>
      tapes
        .at(symbol)
        .publish({ type: 'trade', ...trade })
        .catch(console.error),
    order: (trader, order) => desks.at(trader).publish({ type: 'order', order }).catch(console.error),
    pace: (next) => pace.publish(next).catch(console.error),
    isWatched: () => quotes.subscribers > 0,
  });
  return { quotes, books, tapes, desks, pace, close };
}

export const createRouter = (exchange: Exchange, { quotes, books, tapes, desks, pace }: Channels) =>
  t.router({
    quotes: t.procedure.subscription(() =>
      quotes.subscribe({ snapshot: () => ({ type: 'quotes', quotes: exchange.quotes }), overflow: 'latest' }),
    ),

    // Whoever falls behind gets of each price the newest size; whoever was away for too long, the whole book.
    book: t.procedure.input(goods).subscription(({ input: { symbol } }) =>
      books.at(symbol).subscribe({
        snapshot: () => ({ type: 'book', levels: exchange.levels(symbol) }),
        overflow: 'latest',
      }),
    ),

    tape: t.procedure.input(goods).subscription(({ input: { symbol } }) =>
      tapes.at(symbol).subscribe({
        snapshot: () => ({ type: 'candles', candles: exchange.candles(symbol) }),
      }),
    ),

    // The id is the client's, so the client may send it again.
    place: t.procedure.input(orderSchema).mutation(({ input, ctx }) => exchange.place(ctx.trader, input)),

    orders: t.procedure.subscription(({ ctx }) =>
      desks.at(ctx.trader).subscribe({
        snapshot: () => ({ type: 'orders', orders: exchange.ordersOf(ctx.trader) }),
      }),
    ),

    pace: t.router({
      set: t.procedure.input(z.number().int().min(0).max(5_000)).mutation(({ input }) => {
        exchange.pace = input;
      }),
      watch: t.procedure.subscription(() => pace.subscribe({ snapshot: () => exchange.pace })),
    }),

    /** The book as the exchange has it: a page can compare its own. */
    levels: t.procedure.input(goods).query(({ input }) => exchange.levels(input.symbol)),
  });
