import type { StreamResult } from '@hawser/react';
import type { GoodsSymbol, Side } from '../server/goods.js';
import { Audit } from './audit.js';
import { type BookView, ladderOf } from './book-view.js';
import { money } from './money.js';

const ROWS = 11;
/** Of a row, in percent: prices are left free. */
const BAR = 74;

interface BookProps {
  readonly symbol: GoodsSymbol;
  readonly book: BookView;
  readonly status: StreamResult<BookView, unknown>['status'];
  /** Prices at which orders of this desk wait. */
  readonly own: ReadonlySet<number>;
  readonly halted: boolean;
  readonly choosePrice: (price: number) => void;
}

export function BookPanel({ symbol, book, status, own, halted, choosePrice }: BookProps) {
  const sell = ladderOf(book.sell, 'sell').slice(0, ROWS);
  const buy = ladderOf(book.buy, 'buy').slice(0, ROWS);
  const largest = Math.max(1, ...[...sell, ...buy].map(([, size]) => size));
  const row = (side: Side, [price, size]: readonly [number, number]) => (
    <li key={price}>
      <button
        type="button"
        className="level"
        data-side={side}
        data-own={own.has(price)}
        style={{ backgroundSize: `${(size / largest) * BAR}% 100%` }}
        onClick={() => choosePrice(price)}
      >
        <span>{money(price)}</span>
        <span>{size}</span>
      </button>
    </li>
  );
  const spread = (sell[0]?.[0] ?? 0) - (buy[0]?.[0] ?? 0);
  return (
    <section className="panel book" aria-labelledby="book-title" data-testid="book" data-status={status}>
      <header className="panel-head">
        <h2 id="book-title">The book</h2>
        {halted ? <Audit symbol={symbol} book={book} /> : <p className="aside">price, size</p>}
      </header>
      <ol className="ladder" aria-label="Sellers">
        {[...sell].reverse().map((level) => row('sell', level))}
      </ol>
      <p className="spread">
        spread <b>{money(spread)}</b>
      </p>
      <ol className="ladder" aria-label="Buyers">
        {buy.map((level) => row('buy', level))}
      </ol>
    </section>
  );
}
