import type { Hit } from '../server/frame.js';
import type { Welcome } from './client-router.js';

const SHOWN = 5;

interface LogProps {
  readonly own: Welcome | undefined;
  readonly boardings: number;
  readonly hits: readonly Hit[];
  /** Hits, as the bay shows them. */
  readonly suffered: number;
}

/** What the server called, of this page. */
export function LogPanel({ own, boardings, hits, suffered }: LogProps) {
  const newest = hits.slice(-SHOWN).reverse();
  const inOrder = hits.every(({ number }, index) => number === index + 1);
  return (
    <section className="panel log" aria-labelledby="log-title">
      <header className="panel-head">
        <h2 id="log-title">The server calls</h2>
        <p className="aside" data-testid="told">
          {hits.length} of {suffered} hits told{inOrder ? '' : ', out of order'}
        </p>
      </header>
      <ol data-testid="log">
        {newest.map(({ number, by, lost }) => (
          <li key={number}>
            <code>hit</code> No. {number}, by the {by}: {spoils(lost)}
          </li>
        ))}
        {own && (
          <li data-testid="welcome">
            <code>welcome</code> aboard the {own.name}
            {boardings > 1 && ` (${boardings} times)`}
          </li>
        )}
      </ol>
    </section>
  );
}

function spoils(lost: number): string {
  if (lost === 0) return 'nothing lost';
  return lost === 1 ? '1 barrel lost' : `${lost} barrels lost`;
}
