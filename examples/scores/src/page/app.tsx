import { useStream } from '@hawser/react';
import { Shell } from '../../../shared/src/page/shell.js';
import { Absences } from './absences.js';
import { api, connection } from './line.js';
import { MatchCard } from './match-card.js';
import { NewsList } from './news-list.js';
import './scores.css';
import { learn, nothingYet } from './standing.js';

export function App() {
  return (
    <Shell
      app="scores"
      connection={connection}
      lead="Be away for minutes or for hours, and see how the page comes to what it has missed."
    >
      <Scores />
    </Shell>
  );
}

function Scores() {
  const { data: standing, status } = useStream(api.news, undefined, {
    initial: nothingYet,
    reduce: (known, { data }) => learn(known, data),
  });
  const { data: time } = useStream(api.clock, undefined, { select: (newest) => newest?.data });
  const minute = time?.round === standing.round ? time.minute : undefined;
  return (
    <div className="scores" data-status={status}>
      <section className="matches" aria-labelledby="round-title">
        <header className="panel-head">
          <h2 id="round-title">
            Round <span data-testid="round">{standing.round}</span>
          </h2>
          <span className="aside">A minute of play lasts a second</span>
        </header>
        <ol data-testid="matches">
          {standing.fixtures.map((fixture, match) => (
            <li key={fixture.home}>
              <MatchCard
                fixture={fixture}
                minute={minute}
                incidents={standing.incidents.filter((incident) => incident.match === match)}
              />
            </li>
          ))}
        </ol>
      </section>
      <NewsList standing={standing} />
      <Absences standing={standing} />
    </div>
  );
}
