import { channel, channels } from '@hawser/adapter-node';
import { initTRPC } from '@trpc/server';
import { z } from 'zod';
import type { Exchange } from './exchange.js';
import { candleSchema, levelSchema, orderSchema, placedOrderSchema, tradeSchema } from './market.js';

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

export type BookEvent = z.infer<typeof bookEvent>;
export type TapeEvent = z.infer<typeof tapeEvent>;

const levelKey = (event: BookEvent) => (event.type === 'level' ? `${event.side} ${event.price}` : 'book');

export function createRouter(exchange: Exchange) {
  const book = channel({ event: bookEvent, key: levelKey });
  const tape = channel({ event: tapeEvent });
  const desks = channels({ event: z.array(placedOrderSchema).readonly() });
  const pace = channel({ event: z.number() });
  exchange.listener = {
    level: (level) => book.publish({ type: 'level', ...level }).catch(console.error),
    trade: (trade) => tape.publish({ type: 'trade', ...trade }).catch(console.error),
    order: (trader, order) => desks.at(trader).publish([order]).catch(console.error),
    isWatched: () => tape.subscribers > 0,
  };

  return t.router({
    // Whoever falls behind gets of each price the newest size; whoever was away for too long, the whole book.
    book: t.procedure.subscription(() =>
      book.subscribe({ snapshot: () => ({ type: 'book', levels: exchange.levels }), overflow: 'latest' }),
    ),

    tape: t.procedure.subscription(() =>
      tape.subscribe({ snapshot: () => ({ type: 'candles', candles: exchange.candles }) }),
    ),

    // The id is the client's, so the client may send it again.
    place: t.procedure.input(orderSchema).mutation(({ input, ctx }) => exchange.place(ctx.trader, input)),

    orders: t.procedure.subscription(({ ctx }) =>
      desks.at(ctx.trader).subscribe({ snapshot: () => exchange.ordersOf(ctx.trader) }),
    ),

    pace: t.router({
      set: t.procedure.input(z.number().int().min(0).max(5_000)).mutation(({ input }) => {
        exchange.pace = input;
        return pace.publish(input);
      }),
      watch: t.procedure.subscription(() => pace.subscribe({ snapshot: () => exchange.pace })),
    }),

    /** The book as the exchange has it: a page can compare its own. */
    levels: t.procedure.query(() => exchange.levels),
  });
}

export type AppRouter = ReturnType<typeof createRouter>;
