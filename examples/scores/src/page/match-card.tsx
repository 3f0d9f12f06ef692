import type { Fixture, Incident } from '../server/news.js';
import { words } from './incident-words.js';
import { goals } from './standing.js';

const FULL_TIME = 90;

interface MatchProps {
  readonly fixture: Fixture;
  readonly incidents: readonly Incident[];
  /** Undefined while it is not known. */
  readonly minute: number | undefined;
}

export function MatchCard({ fixture: { home, away }, incidents, minute }: MatchProps) {
  const isOver = minute === FULL_TIME;
  const score = `${goals(incidents, 'home')}–${goals(incidents, 'away')}`;
  return (
    <article className="panel match" data-over={isOver}>
      <h3 className="teams">
        <span>{home}</span>
        <b key={score}>{score}</b>
        <span>{away}</span>
      </h3>
      <div className="course" role="img" aria-label={`The course of ${home} against ${away}`}>
        <i className="played" style={{ width: `${share(minute ?? 0)}%` }} />
        {incidents.map((incident) => (
          <i
            key={incident.seq}
            className="mark"
            data-kind={incident.kind}
            data-side={incident.side}
            style={{ left: `${share(incident.minute)}%` }}
            title={`${incident.minute}' ${words(incident)}`}
          />
        ))}
      </div>
      <p className="aside minute">{isOver ? 'Full time' : `${minute ?? '–'}'`}</p>
    </article>
  );
}

/** In percent of the match. */
function share(minute: number): number {
  return (minute / FULL_TIME) * 100;
}
