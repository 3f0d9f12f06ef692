import { useStream } from '@hawser/react';
import { useState } from 'react';
import { randomId } from '../../../shared/src/page/random-id.js';
import type { Order, PlacedOrder } from '../server/market.js';
import { api } from './line.js';

export interface Desk {
  /** Newest first. `asked` is 0 while the exchange has not said that it has it. */
  readonly rows: readonly PlacedOrder[];
  readonly place: (order: Omit<Order, 'id'>) => void;
}

const noOrders: ReadonlyMap<string, PlacedOrder> = new Map();

/** The orders of this trader: those that the exchange has, and those that are on their way. */
export function useDesk(): Desk {
  const { data: placed } = useStream(api.orders, undefined, {
    initial: noOrders,
    reduce: (known, { data }) => new Map([...known, ...data.map((order) => [order.id, order] as const)]),
  });
  const [sent, setSent] = useState<readonly PlacedOrder[]>([]);

  const place = (wish: Omit<Order, 'id'>): void => {
    const order = { id: randomId(), ...wish };
    setSent((before) => [...before, { ...order, filled: 0, paid: 0, asked: 0 }]);
    // The exchange knows it by its id, so it may be sent again when nobody knows whether it has arrived.
    api.place.mutate(order, { idempotent: true, timeoutMs: Number.POSITIVE_INFINITY }).catch(reportError);
  };
  const leaving = sent.filter(({ id }) => !placed.has(id));
  return { rows: [...placed.values(), ...leaving].reverse(), place };
}
