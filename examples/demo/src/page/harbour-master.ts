import { randomId } from '../../../shared/src/page/random-id.js';
import { Store } from '../../../shared/src/page/store.js';
import type { Question } from '../server/harbour-master.js';
import type { Api } from './line.js';
import type { LineRecord } from './line-record.js';

export interface Answer {
  readonly task: string;
  readonly question: Question;
  readonly words: readonly string[];
  /** Undefined while it is being written. */
  readonly end: AnswerEnd | undefined;
}

export type AnswerEnd = { readonly kind: 'whole' | 'stopped' } | { readonly kind: 'failed'; reason: string };

/** Asks one question at a time, and shows the answer as it is written. */
export class HarbourMaster {
  readonly answer = new Store<Answer | undefined>(undefined);
  readonly #api: Api;
  readonly #record: LineRecord;
  #stopping = new AbortController();

  constructor(api: Api, record: LineRecord) {
    this.#api = api;
    this.#record = record;
  }

  /** An answer that is being written is stopped for it. */
  ask(question: Question): void {
    this.stop();
    this.#stopping = new AbortController();
    const task = randomId();
    this.answer.set({ task, question, words: [], end: undefined });
    void this.#read(task, question);
  }

  stop(): void {
    this.#stopping.abort();
  }

  async #read(task: string, question: Question): Promise<void> {
    const { signal } = this.#stopping;
    try {
      for await (const word of await this.#api.ask.query({ task, question }, { signal })) {
        this.#record.received += 1;
        this.#change(task, ({ words }) => ({ words: [...words, word] }));
      }
      this.#change(task, () => ({ end: { kind: 'whole' } }));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#change(task, () => ({ end: signal.aborted ? { kind: 'stopped' } : { kind: 'failed', reason } }));
    }
  }

  /** What is told of an earlier one comes too late. */
  #change(task: string, change: (answer: Answer) => Partial<Answer>): void {
    const it = this.answer.value;
    if (it?.task === task) this.answer.set({ ...it, ...change(it) });
  }
}
