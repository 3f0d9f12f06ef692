import { Fifo } from './fifo.js';
import type { Ledger } from './ledger.js';
import type { LaneName, Outgoing } from './outgoing.js';

/** A message that is to leave. */
export type Entry = string | Outgoing;

/** Withdrawn entries a lane keeps before it looks through all to let go of them. */
const sweepAt = 1024;

/** Messages that leave in their order. */
export class Lane {
  readonly #ledger: Ledger;
  readonly #entries = new Fifo<Entry>();
  #withdrawn = 0;
  #length = 0;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** Messages that wait. */
  get size(): number {
    return this.#entries.size - this.#withdrawn;
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
    // An empty lane is not looked at before there is something in it again.
    if (this.size === 0) return this.clear();
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

/** Messages that wait, by what is served first. */
export class Lanes {
  readonly reply: Lane;
  readonly call: Lane;
  readonly stream: Lane;

  constructor(ledger: Ledger) {
    this.reply = new Lane(ledger);
    this.call = new Lane(ledger);
    this.stream = new Lane(ledger);
  }

  /** Characters that wait. */
  get length(): number {
    return this.reply.length + this.call.length + this.stream.length;
  }

  get empty(): boolean {
    return this.reply.size + this.call.size + this.stream.size === 0;
  }

  of(name: LaneName): Lane {
    if (name === 'reply') return this.reply;
    return name === 'call' ? this.call : this.stream;
  }

  /** The one that is served next. */
  first(): Lane | undefined {
    if (this.reply.size > 0) return this.reply;
    if (this.call.size > 0) return this.call;
    return this.stream.size > 0 ? this.stream : undefined;
  }

  clear(): void {
    this.reply.clear();
    this.call.clear();
    this.stream.clear();
  }
}
