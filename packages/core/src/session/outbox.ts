import { Fifo } from './fifo.js';
import type { Ledger } from './ledger.js';
import type { LaneName } from './outgoing.js';
import { Outgoing, wholeLength } from './outgoing.js';
import { OutgoingTransfers } from './outgoing-transfers.js';

type Entry = string | Outgoing;

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
    this.#add(entry.length);
  }

  withdraw(entry: Outgoing): void {
    this.#add(-entry.length);
    entry.withdraw();
    this.#withdrawn++;
    if (this.#withdrawn < sweepAt || this.#withdrawn * 2 < this.#entries.size) return;
    this.#entries.retain((it) => typeof it === 'string' || it.state === 'waiting');
    this.#withdrawn = 0;
  }

  /** The next message, without taking it. */
  peek(): Entry | undefined {
    for (;;) {
      const entry = this.#entries.peek();
      if (entry === undefined || typeof entry === 'string' || entry.state === 'waiting') return entry;
      this.#withdrawn--;
      this.#entries.shift();
    }
  }

  /** Takes what `peek` showed. */
  shift(): void {
    this.#add(-(this.#entries.shift() as Entry).length);
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

/** How much of what waits may go into a frame, in characters. */
export interface FrameBounds {
  /** The frame is full then. A message longer than that goes alone, unless the bound is `strict`: then it stays. */
  readonly length: number;
  readonly strict: boolean;
  /** No stream item is added to a frame that has so many already. */
  readonly streamLength: number;
}

/** The messages of a frame, separated by commas, and their byte sections. */
export interface Batch {
  text: string;
  sections: Uint8Array[] | undefined;
}

/** Messages that wait for a socket. A frame is built from them only when a socket takes it. */
export class Outbox {
  readonly #lanes: Readonly<Record<LaneName, Lane>>;
  readonly #transfers: OutgoingTransfers;
  /** What left, and whose sender is yet to be told. */
  #left: (() => void)[] = [];

  constructor(ledger: Ledger) {
    this.#lanes = { reply: new Lane(ledger), call: new Lane(ledger), stream: new Lane(ledger) };
    this.#transfers = new OutgoingTransfers(ledger, (entry) => this.#framed(entry));
  }

  /** Characters that wait. */
  get length(): number {
    const { reply, call, stream } = this.#lanes;
    return reply.length + call.length + stream.length + this.#transfers.length;
  }

  get empty(): boolean {
    return this.#first() === undefined && this.#transfers.empty;
  }

  /** Whether stream items come next, or nothing but parts. */
  get onlyItems(): boolean {
    const { reply, call } = this.#lanes;
    return reply.peek() === undefined && call.peek() === undefined;
  }

  /** Messages that leave in parts. */
  get transfers(): OutgoingTransfers {
    return this.#transfers;
  }

  push(entry: Entry, lane: LaneName): void {
    // A stream's messages have an order: what leaves in parts begins when all that was there before it has left.
    if (entry.length <= wholeLength) this.#lanes[lane].push(entry);
    else if (lane !== 'stream') this.#transfer(entry, lane);
    else {
      this.#lanes.stream.push(entry);
      this.#advance();
    }
  }

  /** Takes back a message that has not left. */
  withdraw(entry: Outgoing, lane: LaneName): void {
    if (entry.state !== 'waiting') return;
    if (this.#transfers.withdraw(entry)) return;
    this.#lanes[lane].withdraw(entry);
    this.#advance();
  }

  /** Tells the senders of what has left meanwhile. */
  tell(): void {
    if (this.#left.length === 0) return;
    const left = this.#left;
    this.#left = [];
    for (const tell of left) tell();
  }

  /** Characters and bytes that wait in a lane, but for what leaves in parts. */
  waiting(lane: LaneName): number {
    return this.#lanes[lane].length;
  }

  /** The messages of the next frame, or nothing. */
  take({ length, strict, streamLength }: FrameBounds): Batch | undefined {
    const batch: Batch = { text: '', sections: undefined };
    let taken = 0;
    for (let lane = this.#first(); lane; lane = this.#first()) {
      if (lane === this.#lanes.stream && taken >= streamLength) break;
      const entry = lane.peek() as Entry;
      const fits = taken + entry.length + 2 <= length;
      if (!fits && (strict || taken > 0)) break;
      lane.shift();
      if (lane === this.#lanes.stream) this.#advance();
      taken += taken === 0 ? entry.length : entry.length + 1;
      this.#add(batch, entry);
    }
    return taken === 0 ? undefined : batch;
  }

  clear(): void {
    for (const lane of Object.values(this.#lanes)) lane.clear();
    this.#transfers.clear();
    this.#left = [];
  }

  /** Lets those at the front of the stream lane begin that leave in parts. */
  #advance(): void {
    const { stream } = this.#lanes;
    for (let entry = stream.peek(); entry && entry.length > wholeLength; entry = stream.peek()) {
      stream.shift();
      this.#transfer(entry, 'stream');
    }
  }

  #transfer(entry: Entry, lane: LaneName): void {
    this.#transfers.push(typeof entry === 'string' ? new Outgoing(entry) : entry, lane);
  }

  #add(batch: Batch, entry: Entry): void {
    const text = typeof entry === 'string' ? entry : entry.text;
    batch.text += batch.text === '' ? text : `,${text}`;
    if (typeof entry === 'string') return;
    entry.state = 'framed';
    if (entry.sections.length > 0) batch.sections = [...(batch.sections ?? []), ...entry.sections];
    this.#framed(entry);
  }

  #framed({ left }: Outgoing): void {
    if (left) this.#left.push(left);
  }

  /** The lane that is served next. */
  #first(): Lane | undefined {
    const { reply, call, stream } = this.#lanes;
    if (reply.peek() !== undefined) return reply;
    if (call.peek() !== undefined) return call;
    return stream.peek() === undefined ? undefined : stream;
  }
}
