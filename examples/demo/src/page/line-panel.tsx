import type { ConnectionStatus } from '@hawser/client';
import { useStore } from '../../../shared/src/page/store.js';
import { CutButton } from './cut-button.js';
import { connection } from './line.js';
import { LineFigures } from './line-figures.js';
import { LineLog } from './line-log.js';
import type { LineRecord } from './line-record.js';
import { Rope } from './rope.js';
import type { RoundTrips } from './round-trips.js';
import { harm } from './scissors.js';
import { usePulse } from './use-pulse.js';

interface LineProps {
  readonly record: LineRecord;
  readonly trips: RoundTrips;
}

const HOLD_MS = 5_000;
const LOSE_HOLD_MS = 2_000;

export function LinePanel({ record, trips }: LineProps) {
  const status = useStore(record.status);
  return (
    <section className="panel line" aria-labelledby="line-title" data-testid="line" data-state={status.state}>
      <div className="line-now">
        <header className="panel-head">
          <h2 id="line-title">The line</h2>
          <NextTry at={status.retryAt} />
          <LineState status={status} />
        </header>
        <Rope state={status.state} />
        <LineActions status={status} record={record} />
        <p className="aside line-hint">
          A cut takes the socket, and the session waits for the next one. Lose the session, and the charts
          have a gap, which is told; the chat has none.
        </p>
      </div>
      <LineFigures record={record} trips={trips} />
      <LineLog events={record.events} />
    </section>
  );
}

function LineState({ status }: { readonly status: ConnectionStatus }) {
  return (
    <p className="state" role="status">
      <i className="dot" aria-hidden="true" />
      <span data-testid="state">{status.state}</span>
    </p>
  );
}

function NextTry({ at }: { readonly at: number | undefined }) {
  usePulse();
  if (at === undefined) return null;
  return <p className="aside next-try">next try in {Math.max(0, (at - Date.now()) / 1000).toFixed(1)} s</p>;
}

function LineActions({ status, record }: { readonly status: ConnectionStatus; readonly record: LineRecord }) {
  const isOpen = status.state === 'open';
  return (
    <div className="line-actions">
      <CutButton record={record} testId="cut" />
      <button
        type="button"
        data-testid="cut-hold"
        disabled={!isOpen}
        onClick={() => harm(record, 'cut', HOLD_MS)}
      >
        Cut for {HOLD_MS / 1000} s
      </button>
      {status.state === 'waiting' ? (
        <button type="button" className="third" data-testid="retry" onClick={() => connection.retry()}>
          Retry now
        </button>
      ) : (
        <button
          type="button"
          className="third"
          data-testid="lose"
          disabled={!isOpen}
          onClick={() => harm(record, 'lose', LOSE_HOLD_MS)}
        >
          Lose the session
        </button>
      )}
    </div>
  );
}
