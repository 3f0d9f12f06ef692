import type { Side } from '../server/market.js';
import { Audit } from './audit.js';
import { type BookView, ladderOf } from './book-view.js';
import { money } from './money.js';

const ROWS = 11;
/** Of a row, in percent: prices are left free. */
const BAR = 74;

interface BookProps {
  readonly book: BookView;
  readonly halted: boolean;
}

export function BookPanel({ book, halted }: BookProps) {
  return (
    <section className="panel book" aria-labelledby="book-title">
      <header className="panel-head">
        <h2 id="book-title">The book</h2>
        {halted ? <Audit book={book} /> : <p className="aside">price, size</p>}
      </header>
      <Ladder book={book} side="sell" />
      <Ladder book={book} side="buy" />
    </section>
  );
}

/** Dearest first, so that buyers and sellers meet in the middle. */
function Ladder({ book, side }: { readonly book: BookView; readonly side: Side }) {
  const best = ladderOf(book, side).slice(0, ROWS);
  const largest = Math.max(...best.map(([, size]) => size));
  return (
    <ol className="ladder" data-side={side} aria-label={side === 'buy' ? 'Buyers' : 'Sellers'}>
      {(side === 'buy' ? best : best.reverse()).map(([price, size]) => (
        <li key={price} style={{ backgroundSize: `${(size / largest) * BAR}% 100%` }}>
          <b>{money(price)}</b> {size}
        </li>
      ))}
    </ol>
  );
}
