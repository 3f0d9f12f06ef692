import type { Entry } from './lanes.js';
import { Lanes } from './lanes.js';
import type { Ledger } from './ledger.js';
import type { LaneName } from './outgoing.js';
import { Outgoing, wholeLength } from './outgoing.js';
import { OutgoingTransfers } from './outgoing-transfers.js';

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

/**
 * Messages that wait for a socket. A frame is built from them only when a socket takes it. Most frames are of one
 * message, and most sessions never have anything else: so one that is alone is in no queue, and queues are made when
 * they are needed.
 */
export class Outbox {
  readonly #ledger: Ledger;
  /** The message that waits, while it is the only one, and leaves whole; with its lane. */
  #only: Entry | undefined;
  #onlyLane: LaneName = 'reply';
  #lanes: Lanes | undefined;
  #transfers: OutgoingTransfers | undefined;
  /** What left, and whose sender is yet to be told. */
  #left: (() => void)[] | undefined;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** Characters that wait. */
  get length(): number {
    return (this.#only?.length ?? 0) + (this.#lanes?.length ?? 0) + (this.#transfers?.length ?? 0);
  }

  get empty(): boolean {
    return this.#only === undefined && this.#lanesEmpty && this.transfers === undefined;
  }

  /** Whether stream items come next, or nothing but parts. */
  get onlyItems(): boolean {
    if (this.#only !== undefined) return this.#onlyLane === 'stream';
    return this.#lanes === undefined || this.#lanes.reply.size + this.#lanes.call.size === 0;
  }

  /** Messages that leave in parts, if there are any. */
  get transfers(): OutgoingTransfers | undefined {
    return this.#transfers?.empty === false ? this.#transfers : undefined;
  }

  push(entry: Entry, lane: LaneName): void {
    const whole = entry.length <= wholeLength;
    if (whole && this.#only === undefined && this.#lanesEmpty) return this.#putIn(entry, lane);
    if (!whole && lane !== 'stream') return this.#transfer(entry, lane);
    this.#spill().of(lane).push(entry);
    // A stream's messages have an order: what leaves in parts begins when all that was there before it has left.
    if (!whole) this.#advance();
  }

  /** Takes back a message that has not left. */
  withdraw(entry: Outgoing, lane: LaneName): void {
    if (entry.state !== 'waiting') return;
    if (this.#transfers?.withdraw(entry)) return;
    if (entry === this.#only) {
      this.#takeOut();
      return entry.withdraw();
    }
    this.#lanes?.of(lane).withdraw(entry);
    this.#advance();
  }

  /** Tells the senders of what has left meanwhile. */
  tell(): void {
    const left = this.#left;
    if (left === undefined) return;
    this.#left = undefined;
    for (const tell of left) tell();
  }

  /** Characters and bytes that wait in a lane, but for what leaves in parts. */
  waiting(lane: LaneName): number {
    const only = this.#onlyLane === lane ? this.#only : undefined;
    return (only?.length ?? 0) + (this.#lanes?.of(lane).length ?? 0);
  }

  /** The messages of the next frame, or nothing. */
  take(bounds: FrameBounds): Batch | undefined {
    if (this.#only !== undefined) return this.#takeOnly(this.#only, bounds);
    return this.#lanes === undefined ? undefined : this.#takeSeveral(this.#lanes, bounds);
  }

  #takeOnly(only: Entry, { length, strict, streamLength }: FrameBounds): Batch | undefined {
    if (strict && only.length + 2 > length) return undefined;
    if (this.#onlyLane === 'stream' && streamLength <= 0) return undefined;
    this.#takeOut();
    const batch: Batch = { text: '', sections: undefined };
    this.#add(batch, only);
    return batch;
  }

  #takeSeveral(lanes: Lanes, { length, strict, streamLength }: FrameBounds): Batch | undefined {
    const batch: Batch = { text: '', sections: undefined };
    let taken = 0;
    for (let lane = lanes.first(); lane; lane = lanes.first()) {
      if (lane === lanes.stream && taken >= streamLength) break;
      const entry = lane.peek() as Entry;
      const fits = taken + entry.length + 2 <= length;
      if (!fits && (strict || taken > 0)) break;
      lane.shift();
      if (lane === lanes.stream) this.#advance();
      taken += taken === 0 ? entry.length : entry.length + 1;
      this.#add(batch, entry);
    }
    return taken === 0 ? undefined : batch;
  }

  clear(): void {
    this.#takeOut();
    this.#lanes?.clear();
    this.#transfers?.clear();
    this.#left = undefined;
  }

  get #lanesEmpty(): boolean {
    return this.#lanes === undefined || this.#lanes.empty;
  }

  #putIn(only: Entry, lane: LaneName): void {
    this.#ledger.add(only.length);
    this.#only = only;
    this.#onlyLane = lane;
  }

  #takeOut(): Entry | undefined {
    const only = this.#only;
    if (only === undefined) return undefined;
    this.#ledger.add(-only.length);
    this.#only = undefined;
    return only;
  }

  /** The lanes; the only message is there too from now on. */
  #spill(): Lanes {
    this.#lanes ??= new Lanes(this.#ledger);
    const only = this.#takeOut();
    if (only !== undefined) this.#lanes.of(this.#onlyLane).push(only);
    return this.#lanes;
  }

  /** Lets those at the front of the stream lane begin that leave in parts. */
  #advance(): void {
    const stream = this.#lanes?.stream;
    for (let entry = stream?.peek(); entry && entry.length > wholeLength; entry = stream?.peek()) {
      stream?.shift();
      this.#transfer(entry, 'stream');
    }
  }

  #transfer(entry: Entry, lane: LaneName): void {
    this.#transfers ??= new OutgoingTransfers(this.#ledger, (it) => this.#framed(it));
    this.#transfers.push(typeof entry === 'string' ? new Outgoing(entry) : entry, lane);
  }

  #add(batch: Batch, entry: Entry): void {
    const text = typeof entry === 'string' ? entry : entry.text;
    batch.text += batch.text === '' ? text : `,${text}`;
    if (typeof entry === 'string') return;
    entry.frame();
    if (entry.sections.length > 0) batch.sections = [...(batch.sections ?? []), ...entry.sections];
    this.#framed(entry);
  }

  #framed({ left }: Outgoing): void {
    if (left === undefined) return;
    this.#left ??= [];
    this.#left.push(left);
  }
}
