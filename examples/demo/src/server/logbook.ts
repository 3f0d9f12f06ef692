import { type Entry, Journal } from './journal.js';

/** How a handler's work came to its end. */
export interface LogEntry {
  readonly tab: string;
  /** The page's own name for what it asked for. */
  readonly task: string;
  readonly ended: 'whole' | 'early';
  /** Bytes taken, or words written. */
  readonly amount: number;
}

/** Told of an end, in the `finally` of whoever did the work. */
export type Ended = (ended: LogEntry['ended'], amount: number) => void;

const KEEP_ENTRIES = 200;

/** What became of handlers at the server: the only way for a page to see that a `finally` has run. */
export class Logbook {
  /** Numbered from the clock, as the chat is. */
  readonly #entries = new Journal<LogEntry>(KEEP_ENTRIES, Date.now());

  /** What writes the end of one task, when it has come. */
  of(tab: string, task: string): Ended {
    return (ended, amount) => {
      this.#entries.append({ tab, task, ended, amount });
    };
  }

  /** The entries of one tab after `seq`. */
  async *follow(tab: string, seq: number, signal: AbortSignal | undefined): AsyncGenerator<Entry<LogEntry>> {
    for await (const entry of this.#entries.follow(seq, signal)) if (entry.value.tab === tab) yield entry;
  }
}
