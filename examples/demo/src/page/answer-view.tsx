import type { ConnectionState, ConnectionStatus } from '@hawser/client';
import { type Store, useStore } from '../../../shared/src/page/store.js';
import type { LogEntry } from '../server/logbook.js';
import type { Answer } from './harbour-master.js';
import type { Ends } from './logbook.js';

interface AnswerProps {
  readonly answer: Answer | undefined;
  readonly status: Store<ConnectionStatus>;
  readonly ends: Store<Ends>;
}

export function AnswerView({ answer, status, ends }: AnswerProps) {
  const { state } = useStore(status);
  const atServer = useStore(ends).get(answer?.task ?? '');
  const isWriting = answer !== undefined && answer.end === undefined;
  return (
    <div className="answer">
      {/* Busy while it is written, so that it is read out once, and whole. */}
      <p
        className="answer-text"
        data-testid="answer"
        data-writing={isWriting}
        aria-live="polite"
        aria-busy={isWriting}
      >
        {answer ? (
          answer.words.join(' ')
        ) : (
          <span className="empty">Stop him whenever you have heard enough.</span>
        )}
      </p>
      <ul className="answer-ends" data-failed={answer?.end?.kind === 'failed'}>
        <li data-testid="answer-state">{answer && hereText(answer, state)}</li>
        <li data-testid="answer-server">{atServer && <AtServer entry={atServer} />}</li>
      </ul>
    </div>
  );
}

function hereText({ words, end }: Answer, state: ConnectionState): string {
  const read = wordsText(words.length);
  if (end === undefined)
    return state === 'open' ? `Here: ${read} so far` : `Here: ${read}, waiting for the line`;
  switch (end.kind) {
    case 'whole':
      return `Here: all of it, ${read}`;
    case 'stopped':
      return `Here: stopped after ${read}`;
    case 'failed':
      return `Here: broken off after ${read}. ${end.reason}`;
    default:
      return end satisfies never;
  }
}

function AtServer({ entry: { ended, amount } }: { readonly entry: LogEntry }) {
  const written = wordsText(amount);
  if (ended === 'whole') return <>At the server: the generator came to its end, {written}</>;
  return (
    <>
      At the server: the generator’s <code>finally</code> ran after {written}
    </>
  );
}

function wordsText(count: number): string {
  return count === 1 ? '1 word' : `${count} words`;
}
