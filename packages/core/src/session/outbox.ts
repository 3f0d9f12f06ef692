import { Fifo } from './fifo.js';
import type { Ledger } from './ledger.js';

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
  readonly #ledger: Ledger;
  readonly #entries = new Fifo<Entry>();
  #withdrawn = 0;
  #length = 0;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** Characters that wait. */
  get length(): number {
    return this.#length;
  }

  push(entry: Entry): void {
    this.#entries.push(entry);
    this.#add(textOf(entry).length);
  }

  withdraw(entry: Outgoing): void {
    this.#add(-entry.text.length);
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
    this.#add(-textOf(entry).length);
  }

  clear(): void {
    this.#add(-this.#length);
    this.#entries.clear();
    this.#withdrawn = 0;
  }

  #add(length: number): void {
    this.#length += length;
    this.#ledger.add(length);
  }
}

function textOf(entry: Entry): string {
  return typeof entry === 'string' ? entry : entry.text;
}

/** How much of what waits may go into a frame, in characters. */
export interface FrameBounds {
  /** The frame is full then. A message longer than that goes alone, unless the bound is `strict`: then it stays. */
  readonly length: number;
  readonly strict: boolean;
  /** No stream item is added to a frame that has so many already. */
  readonly streamLength: number;
}

/** Messages that wait for a socket. A frame is built from them only when a socket takes it. */
export class Outbox {
  readonly #lanes: Readonly<Record<LaneName, Lane>>;

  constructor(ledger: Ledger) {
    this.#lanes = { reply: new Lane(ledger), call: new Lane(ledger), stream: new Lane(ledger) };
  }

  /** Characters that wait. */
  get length(): number {
    const { reply, call, stream } = this.#lanes;
    return reply.length + call.length + stream.length;
  }

  get empty(): boolean {
    return this.#first() === undefined;
  }

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

  /** The messages of the next frame, or nothing. */
  take({ length, strict, streamLength }: FrameBounds): string | undefined {
    let messages = '';
    for (let lane = this.#first(); lane; lane = this.#first()) {
      if (lane === this.#lanes.stream && messages.length >= streamLength) break;
      const text = lane.peek() as string;
      const fits = messages.length + text.length + 2 <= length;
      if (!fits && (strict || messages !== '')) break;
      lane.shift();
      messages += messages === '' ? text : `,${text}`;
    }
    return messages === '' ? undefined : messages;
  }

  clear(): void {
    for (const lane of Object.values(this.#lanes)) lane.clear();
  }

  /** The lane that is served next. */
  #first(): Lane | undefined {
    const { reply, call, stream } = this.#lanes;
    if (reply.peek() !== undefined) return reply;
    if (call.peek() !== undefined) return call;
    return stream.peek() === undefined ? undefined : stream;
  }
}
