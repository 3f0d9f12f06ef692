import { useStream } from '@hawser/react';
import { useCallback, useState } from 'react';
import { randomId } from '../../../shared/src/page/random-id.js';
import type { Order, PlacedOrder } from '../server/goods.js';
import type { DeskEvent } from '../server/router.js';
import { api } from './line.js';
import type { Tracked } from './tracked.js';

/** `asked` is 0 while the exchange has not said that it has it. */
export interface DeskRow extends PlacedOrder {
  readonly refusal: string | undefined;
}

export interface Desk {
  /** Newest first. */
  readonly rows: readonly DeskRow[];
  readonly place: (order: Omit<Order, 'id'>) => void;
}

type Orders = ReadonlyMap<string, PlacedOrder>;

const noOrders: Orders = new Map();

/** The orders of this trader: those that the exchange has, and those that are on their way. */
export function useDesk(): Desk {
  const { data: placed } = useStream(api.orders, undefined, { initial: noOrders, reduce: updateOrders });
  const [sent, setSent] = useState<readonly DeskRow[]>([]);

  const place = useCallback((wish: Omit<Order, 'id'>) => {
    const order = { id: randomId(), ...wish };
    const row = { ...order, at: Date.now(), filled: 0, paid: 0, asked: 0, refusal: undefined };
    setSent((before) => [...before, row]);
    // The exchange knows it by its id, so it may be sent again when nobody knows whether it has arrived.
    api.place
      .mutate(order, { idempotent: true, timeoutMs: Number.POSITIVE_INFINITY })
      .catch((error: Error) => {
        const refused = (known: DeskRow) =>
          known.id === order.id ? { ...known, refusal: error.message } : known;
        setSent((before) => before.map(refused));
      });
  }, []);

  const rows = [
    ...[...placed.values()].map((order) => ({ ...order, refusal: undefined })),
    ...sent.filter(({ id }) => !placed.has(id)),
  ];
  return { rows: rows.reverse(), place };
}

/** Whether it stands in the book. */
export function isResting({ asked, filled, size }: DeskRow): boolean {
  return asked > 0 && filled < size;
}

function updateOrders(known: Orders, { data: event }: Tracked<DeskEvent>): Orders {
  if (event.type === 'orders') return new Map(event.orders.map((order) => [order.id, order]));
  return new Map(known).set(event.order.id, event.order);
}
