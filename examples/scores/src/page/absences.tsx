import { useConnection } from '@hawser/react';
import { useState } from 'react';
import { cutLine, mendLine } from '../../../shared/src/page/scissors.js';
import { api, connection } from './line.js';
import type { Standing } from './standing.js';
import { type Absence, useAbsences } from './use-absences.js';

/** Longer than a session lives here without a socket. */
const AWAY_MS = 6_000;

const choices = [
  { minutes: 10, label: '10 minutes' },
  { minutes: 240, label: '4 hours' },
] as const;

export function Absences({ standing }: { readonly standing: Standing }) {
  const { state } = useConnection();
  const absences = useAbsences(standing);
  const [away, setAway] = useState<string>();
  return (
    <section className="panel absences" aria-labelledby="absences-title">
      <header className="panel-head">
        <h2 id="absences-title">Be away</h2>
        <span className="aside">{away ? `${away} go by` : 'Time flies meanwhile'}</span>
      </header>
      <div className="choices">
        {choices.map(({ minutes, label }) => (
          <button
            key={minutes}
            type="button"
            data-testid={`away-${minutes}`}
            disabled={state !== 'open' || away !== undefined}
            onClick={async () => {
              setAway(label);
              await beAway(minutes);
              setAway(undefined);
            }}
          >
            For {label}
          </button>
        ))}
      </div>
      <ol data-testid="absences">
        {[...absences].reverse().map((absence) => (
          <li key={absence.number} className="absence" data-how={absence.how}>
            <b>{titles[absence.how]}</b>
            <p className="aside">{account(absence)}</p>
          </li>
        ))}
      </ol>
      {absences.length === 0 && (
        <p className="aside">
          A short cut leaves the session as it is. After 4 s it is gone, and the page continues after the last
          news that it has, if they are among the 40 that the server keeps. If not, it begins with the table.
        </p>
      )}
    </section>
  );
}

const titles: Record<Absence['how'], string> = {
  session: 'The session went on',
  log: 'Caught up from the log',
  table: 'A gap: began again with the table',
};

function account({ ms, news, how, leftOut }: Absence): string {
  const gone = `${(ms / 1000).toFixed(1)} s without a line`;
  if (news === 0) return `${gone}. Nothing had happened.`;
  if (how !== 'table') return `${gone}: ${counted(news)} came late, in order, each once.`;
  if (leftOut === 0) return `${gone}: ${counted(news)} missed. The table has all of it.`;
  return `${gone}: ${counted(news)} missed. The table has this round; of earlier ones ${leftOut} will never be told.`;
}

function counted(news: number): string {
  return news === 1 ? '1 piece of news' : `${news} pieces of news`;
}

/** The time flies for everybody, and this page does not see it. */
async function beAway(minutes: number): Promise<void> {
  await api.fly.mutate({ minutes });
  await cutLine();
  await new Promise((resolve) => setTimeout(resolve, AWAY_MS));
  await mendLine();
  connection.retry();
}
