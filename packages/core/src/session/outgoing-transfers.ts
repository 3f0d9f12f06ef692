import type { Limits } from '../wire/limits.js';
import { limits } from '../wire/limits.js';
import { Fifo } from './fifo.js';
import type { Ledger } from './ledger.js';
import type { LaneName, Outgoing } from './outgoing.js';
import { OutgoingTransfer } from './outgoing-transfer.js';

/** How far behind a large message a smaller one is looked for, and how many may go before it. */
const lookAhead = 8;
const mayPass = 32;

/** Messages that leave in parts: a few at a time, which take turns. */
export class OutgoingTransfers {
  readonly #ledger: Ledger;
  readonly #framed: (entry: Outgoing) => void;
  /** All that has not left entirely, with its lane. */
  readonly #lanes = new Map<Outgoing, LaneName>();
  readonly #waiting = new Fifo<Outgoing>();
  /** The next to have its turn first. */
  readonly #active = new Fifo<OutgoingTransfer>();
  /** Last parts of messages that were taken back after their beginning had left. */
  readonly #abandoned = new Fifo<Uint8Array>();
  #lastNumber = 0;
  #length = 0;
  /** How many have gone before the one that waits first. */
  #passed = 0;

  /** `framed` is told of each message whose last part was built. */
  constructor(ledger: Ledger, framed: (entry: Outgoing) => void) {
    this.#ledger = ledger;
    this.#framed = framed;
  }

  /** Characters and bytes of what has not left entirely. */
  get length(): number {
    return this.#length;
  }

  /** What a lane has of them. */
  lengths(lane: LaneName): { readonly text: number; readonly sections: number } {
    let text = 0;
    let all = 0;
    for (const [entry, it] of this.#lanes) {
      if (it !== lane) continue;
      text += entry.text.length;
      all += entry.length;
    }
    return { text, sections: all - text };
  }

  /** How many messages of a lane have not left entirely. */
  count(lane: LaneName): number {
    let count = 0;
    for (const it of this.#lanes.values()) if (it === lane) count++;
    return count;
  }

  get empty(): boolean {
    return this.#lanes.size === 0 && this.#abandoned.size === 0;
  }

  push(entry: Outgoing, lane: LaneName): void {
    this.#lanes.set(entry, lane);
    this.#add(entry.length);
    this.#waiting.push(entry);
  }

  /** Takes a message back, if it is here; what has left of it is given up. */
  withdraw(entry: Outgoing): boolean {
    if (!this.#lanes.delete(entry)) return false;
    entry.withdraw();
    this.#add(-entry.length);
    this.#waiting.retain((it) => it !== entry);
    for (const transfer of this.#active)
      if (transfer.entry === entry && transfer.begun) this.#abandoned.push(transfer.abandon());
    this.#active.retain((transfer) => transfer.entry !== entry);
    return true;
  }

  /** The next part, with about so many bytes of content at most. */
  next(most: number, takes: Limits): Uint8Array | undefined {
    const abandoned = this.#abandoned.shift();
    if (abandoned) return abandoned;
    this.#activate(takes);
    const transfer = this.#active.shift();
    if (transfer === undefined) return undefined;
    const part = transfer.next(most);
    if (transfer.done) this.#finish(transfer.entry);
    else this.#active.push(transfer);
    return part;
  }

  clear(): void {
    this.#add(-this.#length);
    this.#lanes.clear();
    this.#waiting.clear();
    this.#active.clear();
    this.#abandoned.clear();
  }

  #finish(entry: Outgoing): void {
    this.#lanes.delete(entry);
    this.#add(-entry.length);
    entry.frame();
    this.#framed(entry);
  }

  #activate(takes: Limits): void {
    while (this.#active.size < limits.unfinished.default) {
      const entry = this.#next(takes);
      if (entry === undefined) return;
      this.#active.push(new OutgoingTransfer(entry, ++this.#lastNumber));
    }
  }

  /** The first that waits, or one close behind it that has room where the first has none; but not for ever. */
  #next(takes: Limits): Outgoing | undefined {
    const head = this.#waiting.peek();
    if (head === undefined) return undefined;
    if (this.#fits(head, takes)) {
      this.#passed = 0;
      return this.#waiting.shift();
    }
    for (let i = 1; i <= lookAhead && this.#passed < mayPass; i++) {
      const entry = this.#waiting.at(i);
      if (entry === undefined || !this.#fits(entry, takes)) continue;
      this.#passed++;
      this.#waiting.retain((it) => it !== entry);
      return entry;
    }
    return undefined;
  }

  /** Whether the other end has room for a message beside those that are under way: alone, each is within its limits. */
  #fits(entry: Outgoing, { messageBytes, valueBytes }: Limits): boolean {
    if (this.#active.size === 0) return true;
    let json = entry.text.length * 3;
    let sections = entry.length - entry.text.length;
    for (const transfer of this.#active) {
      json += transfer.json;
      sections += transfer.sections;
    }
    return json <= messageBytes && sections <= valueBytes;
  }

  #add(length: number): void {
    this.#length += length;
    this.#ledger.add(length);
  }
}
