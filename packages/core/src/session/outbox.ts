import { Fifo } from './fifo.js';

/** A message whose sender wants to know whether it left, or may want it back. */
export interface Outgoing {
  text: string;
  state: 'waiting' | 'framed' | 'withdrawn';
}

type Entry = string | Outgoing;

/**
 * In the order of sending: answers, credits and cancels; then calls; then stream items and what must follow
 * them.
 */
export type LaneName = 'reply' | 'call' | 'stream';

/** Withdrawn entries a lane keeps before it looks through all to let go of them. */
const sweepAt = 1024;

class Lane {
  readonly #entries = new Fifo<Entry>();
  #withdrawn = 0;
  /** Characters that wait. */
  length = 0;

  push(entry: Entry): void {
    this.#entries.push(entry);
    this.length += textOf(entry).length;
  }

  withdraw(entry: Outgoing): void {
    this.length -= entry.text.length;
    entry.text = '';
    entry.state = 'withdrawn';
    this.#withdrawn++;
    if (this.#withdrawn < sweepAt || this.#withdrawn * 2 < this.#entries.size) return;
    this.#entries.retain((it) => typeof it === 'string' || it.state === 'waiting');
    this.#withdrawn = 0;
  }

  /** The next message, without taking it. */
  peek(): string | undefined {
    for (;;) {
      const entry = this.#entries.peek();
      if (entry === undefined || typeof entry === 'string') return entry;
      if (entry.state === 'waiting') return entry.text;
      this.#withdrawn--;
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
  readonly #lanes: Readonly<Record<LaneName, Lane>> = {
    reply: new Lane(),
    call: new Lane(),
    stream: new Lane(),
  };

  push(entry: Entry, lane: LaneName): void {
    this.#lanes[lane].push(entry);
  }

  /** Takes back a message that waits in a lane. */
  withdraw(entry: Outgoing, lane: LaneName): void {
    this.#lanes[lane].withdraw(entry);
  }

  /** Characters that wait in a lane. */
  waiting(lane: LaneName): number {
    return this.#lanes[lane].length;
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
    const { reply, call, stream } = this.#lanes;
    if (reply.peek() !== undefined) return reply;
    if (call.peek() !== undefined) return call;
    return stream.peek() === undefined ? undefined : stream;
  }
}
