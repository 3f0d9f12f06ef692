import { type Store, useStore } from '../../../shared/src/page/store.js';
import type { Question } from '../server/harbour-master.js';
import { AnswerView } from './answer-view.js';
import { CutButton } from './cut-button.js';
import type { HarbourMaster } from './harbour-master.js';
import type { LineRecord } from './line-record.js';
import type { Ends } from './logbook.js';

interface HarbourProps {
  readonly master: HarbourMaster;
  readonly record: LineRecord;
  readonly ends: Store<Ends>;
}

const questions: readonly (readonly [Question, string])[] = [
  ['berth', 'Where may I moor tonight?'],
  ['weather', 'Is it fit to sail?'],
  ['hawser', 'What is a hawser?'],
];

export function HarbourPanel({ master, record, ends }: HarbourProps) {
  const answer = useStore(master.answer);
  return (
    <section className="panel harbour" aria-labelledby="harbour-title" data-testid="harbour">
      <header className="panel-head">
        <h2 id="harbour-title">Ask the harbour master</h2>
        <p className="aside">a stream from a query; the answers are canned</p>
      </header>
      <div className="questions">
        {questions.map(([question, text]) => (
          <button
            type="button"
            key={question}
            data-testid={`ask-${question}`}
            aria-pressed={answer?.question === question}
            onClick={() => master.ask(question)}
          >
            {text}
          </button>
        ))}
      </div>
      <AnswerView answer={answer} status={record.status} ends={ends} />
      <div className="task-actions">
        <button
          type="button"
          className="first"
          data-testid="stop"
          disabled={answer === undefined || answer.end !== undefined}
          onClick={() => master.stop()}
        >
          Stop
        </button>
        <CutButton record={record} testId="harbour-cut" />
      </div>
    </section>
  );
}
