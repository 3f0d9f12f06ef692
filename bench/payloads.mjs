import { z } from 'zod';

/** What an order must look like: the input schema of every contender that validates. */
export const orderSchema = z.object({
  seq: z.number().int(),
  symbol: z.string().min(1),
  side: z.enum(['buy', 'sell']),
  price: z.number().positive(),
  quantity: z.number().int(),
  account: z.string(),
  tags: z.array(z.string()),
  note: z.string().optional(),
});

/** @typedef {z.infer<typeof orderSchema>} Order */

/**
 * About 160 bytes of JSON; no two numbers give the same, so an answer to another call shows.
 * @param {number} seq
 * @returns {Order}
 */
export function order(seq) {
  return {
    seq,
    symbol: 'ACME',
    side: seq % 2 === 0 ? 'buy' : 'sell',
    price: 101.25,
    quantity: 300,
    account: 'acc-7f3a91c2',
    tags: ['limit', 'day'],
    note: 'size before price, then first come',
  };
}

/**
 * How many ticks; `apart` has each come in a turn of its own, and so in a frame of its own; `note` is written on
 * each.
 */
export const streamSchema = z.object({
  count: z.number().int(),
  apart: z.boolean(),
  note: z.string().optional(),
});

/** @typedef {z.infer<typeof streamSchema>} Stream */

/**
 * About 30 bytes of JSON, and the note.
 * @typedef {{ readonly seq: number, readonly price: number, readonly note?: string }} Tick
 * @param {number} seq
 * @param {string} [note]
 * @returns {Tick}
 */
export function tick(seq, note) {
  return note === undefined ? { seq, price: 101.25 } : { seq, price: 101.25, note };
}

/** With it, a tick is about 100 bytes of JSON. */
export const smallNote = 'size before price, then first come; see the book of orders';
