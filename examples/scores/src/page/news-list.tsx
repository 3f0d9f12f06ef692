import { words } from './incident-words.js';
import { goals, type Standing } from './standing.js';

/** The news of the round, newest first, and what their numbers say. */
export function NewsList({ standing }: { readonly standing: Standing }) {
  const { incidents, fixtures, seq, missing, repeated } = standing;
  return (
    <section className="panel news" aria-labelledby="news-title">
      <header className="panel-head">
        <h2 id="news-title">As it happens</h2>
        <p className="aside">
          No. <span data-testid="seq">{seq}</span>, missing{' '}
          <b data-testid="missing" data-bad={missing > 0}>
            {missing}
          </b>
          , twice{' '}
          <b data-testid="repeated" data-bad={repeated > 0}>
            {repeated}
          </b>
        </p>
      </header>
      {incidents.length === 0 && <p className="empty">Nothing yet in this round.</p>}
      <ol data-testid="news">
        {[...incidents].reverse().map((incident) => {
          const { match, kind, side, minute } = incident;
          const before = incidents.filter((other) => other.match === match && other.seq <= incident.seq);
          return (
            <li key={incident.seq} data-kind={kind}>
              <span className="when">{minute}'</span>
              <i className="mark" data-kind={kind} aria-hidden="true" />
              <span>
                {words(incident)} <span className="aside">for {fixtures[match]?.[side]}</span>
              </span>
              {kind === 'goal' && (
                <b>
                  {goals(before, 'home')}–{goals(before, 'away')}
                </b>
              )}
            </li>
          );
        })}
      </ol>
    </section>
  );
}
