import { HawserError } from '../../src/rpc/hawser-error.ts';

/** A loop over a stream, and how it ended. */
export class Reading {
  readonly items: unknown[] = [];
  /** `open` while the loop runs, `complete` when the stream was over, `left`, or what the loop threw. */
  end = 'open';
  readonly #most: number;

  /** Leaves after so many items. */
  constructor(stream: AsyncIterable<unknown>, most: number = Number.POSITIVE_INFINITY) {
    this.#most = most;
    this.#read(stream).then(
      (end) => {
        this.end = end;
      },
      (error: unknown) => {
        this.end = inWords(error);
      },
    );
  }

  async #read(stream: AsyncIterable<unknown>): Promise<string> {
    for await (const item of stream) {
      this.items.push(item);
      if (this.items.length >= this.#most) return 'left';
    }
    return 'complete';
  }
}

/** A failure in words: that of the line by its code, outcome and reason, any other by its message. */
export function inWords(error: unknown): string {
  if (!(error instanceof HawserError)) return error instanceof Error ? error.message : String(error);
  const { code, outcome, reason } = error;
  return reason === undefined ? `${code} ${outcome}` : `${code} ${outcome} ${reason}`;
}
