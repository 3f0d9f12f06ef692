import { z } from 'zod';

const sideSchema = z.enum(['buy', 'sell']);

/** Takes what the market has. The id is the client's: whoever sends it again means the same order. */
export const orderSchema = z.object({
  id: z.string().min(1).max(64),
  side: sideSchema,
  size: z.number().int().positive().max(500),
});

/** `filled` is how much of it was traded, `paid` what for, in pence; `asked` is how often the order was sent. */
export const placedOrderSchema = orderSchema.extend({
  filled: z.number(),
  paid: z.number(),
  asked: z.number(),
});

/** What stands at a price, in all: 0 says that it is free. */
export const levelSchema = z.object({ side: sideSchema, price: z.number(), size: z.number() });

/** `at` is in ms since 1970. */
export const tradeSchema = z.object({ at: z.number(), price: z.number(), size: z.number() });

/** One second of trades, or less at the newest end. `at` is in seconds since 1970. */
export const candleSchema = z.object({
  at: z.number(),
  open: z.number(),
  high: z.number(),
  low: z.number(),
  close: z.number(),
});

export type Side = z.infer<typeof sideSchema>;
export type Order = z.infer<typeof orderSchema>;
export type PlacedOrder = z.infer<typeof placedOrderSchema>;
export type Level = z.infer<typeof levelSchema>;
export type Trade = z.infer<typeof tradeSchema>;
export type Candle = z.infer<typeof candleSchema>;
