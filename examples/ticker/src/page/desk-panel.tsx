import { useConnection } from '@hawser/react';
import type { GoodsSymbol } from '../server/goods.js';
import type { BookView } from './book-view.js';
import { money } from './money.js';
import { Ticket } from './ticket.js';
import type { Desk, DeskRow } from './use-desk.js';

const SHOWN = 8;

interface DeskProps {
  readonly symbol: GoodsSymbol;
  readonly book: BookView;
  readonly chosenPrice: number | undefined;
  readonly desk: Desk;
}

export function DeskPanel({ symbol, book, chosenPrice, desk: { rows, place } }: DeskProps) {
  const { state } = useConnection();
  const held = rows.reduce((sum, row) => (row.symbol === symbol ? sum + signed(row) : sum), 0);
  return (
    <section className="panel desk" aria-labelledby="desk-title">
      <header className="panel-head">
        <h2 id="desk-title">Your desk</h2>
        <p className="aside">
          <span data-testid="held">{held > 0 ? `+${held}` : held}</span> {symbol} held
        </p>
      </header>
      <Ticket key={symbol} symbol={symbol} book={book} chosenPrice={chosenPrice} place={place} />
      {rows.length === 0 ? (
        <p className="empty">No orders yet. Cut the line and place one.</p>
      ) : (
        <ol className="orders" data-testid="orders" aria-label="Your orders, newest first">
          {rows.slice(0, SHOWN).map((row) => (
            <li key={row.id} data-testid="order" data-state={stateOf(row)}>
              <b data-side={row.side}>{row.side}</b>
              <span className="order-size">
                {row.size} {row.symbol}
              </span>
              <span className="order-price">
                {row.side === 'buy' ? 'up to' : 'from'} {money(row.price)}
              </span>
              <span className="order-state">{wordsFor(row, state === 'open')}</span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

function signed({ side, filled }: DeskRow): number {
  return side === 'buy' ? filled : -filled;
}

function stateOf({ asked, filled, size, refusal }: DeskRow): 'refused' | 'leaving' | 'filled' | 'resting' {
  if (refusal !== undefined) return 'refused';
  if (asked === 0) return 'leaving';
  return filled === size ? 'filled' : 'resting';
}

function wordsFor(row: DeskRow, hasLine: boolean): string {
  const state = stateOf(row);
  const again = row.asked > 1 ? `, sent ${row.asked} times` : '';
  switch (state) {
    case 'refused':
      return row.refusal ?? '';
    case 'leaving':
      return hasLine ? 'on its way' : 'waiting for the line';
    case 'filled':
      return `filled at ${money(row.paid / row.filled)}${again}`;
    case 'resting':
      return `in the book, ${row.filled} filled${again}`;
    default:
      return state satisfies never;
  }
}
