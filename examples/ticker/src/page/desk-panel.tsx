import { useConnection } from '@hawser/react';
import type { PlacedOrder } from '../server/market.js';
import { money } from './money.js';
import { Ticket } from './ticket.js';
import { useDesk } from './use-desk.js';

const SHOWN = 6;

export function DeskPanel() {
  const { rows, place } = useDesk();
  const { state } = useConnection();
  const held = rows.reduce((sum, { side, filled }) => sum + (side === 'buy' ? filled : -filled), 0);
  return (
    <section className="panel desk" aria-labelledby="desk-title">
      <header className="panel-head">
        <h2 id="desk-title">Your desk</h2>
        <p className="aside">
          <span data-testid="held">{held > 0 ? `+${held}` : held}</span> held
        </p>
      </header>
      <Ticket place={place} />
      {rows.length === 0 && <p className="empty">No orders yet. Cut the line and place one.</p>}
      <ol className="orders" data-testid="orders" aria-label="Your orders, newest first">
        {rows.slice(0, SHOWN).map((row) => (
          <li key={row.id} data-testid="order" data-state={row.asked > 0 ? 'placed' : 'leaving'}>
            <b data-side={row.side}>{row.side}</b>
            <span>{row.size}</span>
            <span className="order-state">{wordsFor(row, state === 'open')}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function wordsFor({ asked, filled, paid }: PlacedOrder, hasLine: boolean): string {
  if (asked === 0) return hasLine ? 'on its way' : 'waiting for the line';
  const again = asked > 1 ? `, sent ${asked} times` : '';
  return filled > 0 ? `${filled} at ${money(paid / filled)}${again}` : `nothing was on offer${again}`;
}
