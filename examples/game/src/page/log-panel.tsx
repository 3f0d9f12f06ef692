import type { Hit } from '../server/frame.js';

const SHOWN = 5;

interface LogProps {
  readonly name: string | undefined;
  readonly boardings: number;
  readonly hits: readonly Hit[];
  /** Hits, as the bay shows them. */
  readonly suffered: number;
}

/** What the server called, of this page. */
export function LogPanel({ name, boardings, hits, suffered }: LogProps) {
  const inOrder = hits.every(({ number }, index) => number === index + 1);
  return (
    <section className="panel log" aria-labelledby="log-title">
      <header className="panel-head">
        <h2 id="log-title">The server calls</h2>
        <p className="aside" data-testid="told">
          {hits.length} of {suffered} hits told{inOrder ? '' : ', out of order'}
        </p>
      </header>
      <ol>
        {[...hits.slice(-SHOWN)].reverse().map(({ number, by, lost }) => (
          <li key={number}>
            <code>hit</code> No. {number}, by the {by}, barrels lost: {lost}
          </li>
        ))}
        {name && (
          <li data-testid="welcome">
            <code>welcome</code> aboard the {name}
            {boardings > 1 && ` (${boardings} times)`}
          </li>
        )}
      </ol>
    </section>
  );
}
