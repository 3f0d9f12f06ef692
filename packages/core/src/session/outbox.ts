import { Fifo } from './fifo.js';

/** A message whose sender wants to know whether it left, or may want it back. */
export interface Outgoing {
  readonly text: string;
  state: 'waiting' | 'framed' | 'withdrawn';
}

type Entry = string | Outgoing;

/** Answers, calls, credits and cancels are `prompt`; stream items and what must follow them are `bulk`. */
export type LaneName = 'prompt' | 'bulk';

class Lane {
  readonly #entries = new Fifo<Entry>();
  /** Characters that wait. */
  length = 0;

  push(entry: Entry): void {
    this.#entries.push(entry);
    this.length += textOf(entry).length;
  }

  /** The next message, without taking it. */
  peek(): string | undefined {
    for (;;) {
      const entry = this.#entries.peek();
      if (entry === undefined || typeof entry === 'string') return entry;
      if (entry.state === 'waiting') return entry.text;
      this.length -= entry.text.length;
      this.#entries.shift();
    }
  }

  /** Takes what `peek` showed. */
  shift(): void {
    const entry = this.#entries.shift() as Entry;
    if (typeof entry !== 'string') entry.state = 'framed';
    this.length -= textOf(entry).length;
  }
}

function textOf(entry: Entry): string {
  return typeof entry === 'string' ? entry : entry.text;
}

/** Messages that wait for a socket. A frame is built from them only when a socket takes it. */
export class Outbox {
  readonly #prompt = new Lane();
  readonly #bulk = new Lane();

  push(entry: Entry, lane: LaneName): void {
    (lane === 'prompt' ? this.#prompt : this.#bulk).push(entry);
  }

  /** Characters that wait in a lane. */
  waiting(lane: LaneName): number {
    return lane === 'prompt' ? this.#prompt.length : this.#bulk.length;
  }

  /**
   * The next frame of about `length` characters, or nothing. A message longer than that goes alone,
   * unless the bound is `strict`: then it stays.
   */
  take(length: number, strict: boolean): string | undefined {
    let frame = '';
    for (let lane = this.#next(); lane; lane = this.#next()) {
      const text = lane.peek() as string;
      const fits = frame.length + text.length + 2 <= length;
      if (!fits && (strict || frame !== '')) break;
      lane.shift();
      frame += frame === '' ? `[${text}` : `,${text}`;
    }
    return frame === '' ? undefined : `${frame}]`;
  }

  #next(): Lane | undefined {
    if (this.#prompt.peek() !== undefined) return this.#prompt;
    return this.#bulk.peek() === undefined ? undefined : this.#bulk;
  }
}
