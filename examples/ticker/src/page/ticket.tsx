import { useState } from 'react';
import type { GoodsSymbol, Side } from '../server/goods.js';
import { type BookView, ladderOf } from './book-view.js';
import { money } from './money.js';
import type { Desk } from './use-desk.js';

interface TicketProps {
  readonly symbol: GoodsSymbol;
  readonly book: BookView;
  readonly chosenPrice: number | undefined;
  readonly place: Desk['place'];
}

/** Without a price an order takes what there is, within so much of the best. */
const MARKET_SHARE = 0.1;

export function Ticket({ symbol, book, chosenPrice, place }: TicketProps) {
  const [size, setSize] = useState(10);
  const [typed, setTyped] = useState('');
  const [last, setLast] = useState(chosenPrice);
  if (chosenPrice !== last) {
    setLast(chosenPrice);
    if (chosenPrice !== undefined) setTyped(money(chosenPrice));
  }
  const wanted = Math.round(Number(typed) * 100);
  const isSound =
    Number.isInteger(size) && size > 0 && size <= 1_000 && Number.isFinite(wanted) && wanted >= 0;

  const submit = (side: Side): void => {
    const best = side === 'buy' ? ladderOf(book.sell, 'sell')[0] : ladderOf(book.buy, 'buy')[0];
    const market = Math.round((best?.[0] ?? 0) * (side === 'buy' ? 1 + MARKET_SHARE : 1 - MARKET_SHARE));
    const price = wanted > 0 ? wanted : market;
    if (price > 0) place({ symbol, side, price, size });
  };
  return (
    <form className="ticket" onSubmit={(event) => event.preventDefault()}>
      <label>
        Size
        <input
          type="number"
          min={1}
          max={1000}
          value={Number.isNaN(size) ? '' : size}
          data-testid="size"
          onChange={(event) => setSize(event.target.valueAsNumber)}
        />
      </label>
      <label>
        Price
        <input
          inputMode="decimal"
          placeholder="market"
          value={typed}
          data-testid="price"
          onChange={(event) => setTyped(event.target.value)}
        />
      </label>
      {(['buy', 'sell'] as const).map((side) => (
        <button
          key={side}
          type="button"
          className={side}
          disabled={!isSound}
          data-testid={side}
          onClick={() => submit(side)}
        >
          {side === 'buy' ? 'Buy' : 'Sell'}
        </button>
      ))}
    </form>
  );
}
