import { Fifo } from '../session/fifo.js';
import { limits } from '../wire/limits.js';
import type { HawserError } from './hawser-error.js';
import type { OutgoingCall } from './outgoing-call.js';

/** A sender may count its items in UTF-8. */
const maxBytesPerUnit = 3;

export type StreamEntry =
  | {
      readonly kind: 'item';
      readonly data: unknown;
      readonly event: string | undefined;
      readonly mark: number;
    }
  | { readonly kind: 'started' }
  | { readonly kind: 'gap'; readonly reason: string; readonly count: number | undefined }
  | { readonly kind: 'over'; readonly end: StreamEnd };

export type StreamEnd =
  | { readonly kind: 'ended' }
  /** The server's answer, as an error shape. */
  | { readonly kind: 'error'; readonly shape: unknown }
  | { readonly kind: 'fault'; readonly fault: HawserError; readonly shape: unknown };

/**
 * What has arrived of a stream and was not consumed yet, and the credit that its sender gets for what was.
 * Only the sender knows the size of an item, so the receiver counts whole frames: never less than the truth. A
 * frame counts as consumed with the first item of a later one, or when the consumer has found nothing more.
 */
export class StreamIntake {
  readonly #entries = new Fifo<StreamEntry>();
  #call: OutgoingCall | undefined;
  #items: number = limits.firstItems.default;
  #bytes: number = limits.firstBytes.default;
  /** The largest window that was given: more than that can never be on its way. */
  #largest: number = this.#items;
  #received = 0;
  #consumed = 0;
  #creditedItems = 0;
  /** Length of the frames that held items, up to the last item that arrived, was consumed, was credited. */
  #arrivedMark = 0;
  #consumedMark = 0;
  #creditedMark = 0;
  #lastFrame = 0;
  /** Length of the frames before the one that the last item came in. */
  #mark = 0;
  /** Entries of a session that is lost: they earn no credit on the next. */
  #stale = 0;
  /** Whether the consumer found nothing to take since the last credit. */
  #waited = false;

  /** The call that pays the credit. */
  bind(call: OutgoingCall): void {
    this.#call = call;
  }

  /** The stream is to start again on a new session, with the window it had at first. */
  restart(): void {
    this.#items = limits.firstItems.default;
    this.#bytes = limits.firstBytes.default;
    this.#largest = this.#items;
    this.#stale += this.#received - this.#consumed;
    this.#received = this.#consumed = this.#creditedItems = 0;
    this.#arrivedMark = this.#consumedMark = this.#creditedMark = this.#mark = 0;
    this.#lastFrame = 0;
  }

  /** The stream was asked for again: what its consumer has not taken of the last session narrows the window. */
  restarted(): void {
    if (this.#stale === 0) return;
    this.#grant(Math.max(0, this.#items - this.#stale));
  }

  /** Answers whether the sender kept to its window. */
  pushItem(data: unknown, event: string | undefined): boolean {
    const arrived = this.#call?.table?.arrived;
    if (arrived && arrived.counts.received !== this.#lastFrame) {
      this.#lastFrame = arrived.counts.received;
      this.#mark = this.#arrivedMark;
      this.#arrivedMark += arrived.frameLength * maxBytesPerUnit;
    }
    this.#received++;
    this.#entries.push({ kind: 'item', data, event, mark: this.#mark });
    return this.#received - this.#consumed <= this.#largest;
  }

  push(entry: Exclude<StreamEntry, { kind: 'item' }>): void {
    this.#entries.push(entry);
  }

  clear(): void {
    this.#entries.clear();
  }

  take(): StreamEntry | undefined {
    const entry = this.#entries.shift();
    if (entry === undefined) {
      this.#waited = true;
      this.#consumedMark = this.#arrivedMark;
      this.#creditIfDue();
    }
    return entry;
  }

  /** The consumer is done with an item it took. */
  consumed(entry: StreamEntry): void {
    if (entry.kind !== 'item') return;
    if (this.#stale > 0) {
      this.#stale--;
      if (this.#stale === 0) this.#grant(this.#items);
      return;
    }
    this.#consumed++;
    this.#consumedMark = entry.mark;
    this.#creditIfDue();
  }

  #creditIfDue(): void {
    const items = this.#consumed - this.#creditedItems;
    if (items === 0 || this.#call?.table === undefined) return;
    // The sender keeps to what is announced, whatever it is granted.
    const { streamItems, streamBytes } = this.#call.table.limits;
    const bytes = this.#consumedMark - this.#creditedMark;
    const due =
      items * 2 >= Math.min(this.#items, streamItems) || bytes * 2 >= Math.min(this.#bytes, streamBytes);
    if (due) this.#credit();
  }

  #credit(): void {
    const call = this.#call;
    if (!call?.table || call.settled) return;
    const { streamItems, streamBytes } = call.table.limits;
    if (this.#waited) {
      this.#items *= 2;
      this.#bytes *= 2;
    } else if (this.#entries.size * 2 >= this.#items) {
      this.#items = Math.max(limits.firstItems.default, this.#items >> 1);
      this.#bytes = Math.max(limits.firstBytes.default, this.#bytes >> 1);
    }
    this.#items = Math.min(streamItems, this.#items);
    this.#bytes = Math.min(streamBytes, this.#bytes);
    this.#waited = false;
    this.#largest = Math.max(this.#largest, this.#items);
    this.#creditedItems = this.#consumed;
    // More of the last frame may come yet.
    this.#creditedMark = Math.min(this.#consumedMark, this.#mark);
    this.#grant(this.#items);
  }

  #grant(items: number): void {
    const call = this.#call;
    if (call?.table && !call.settled) call.table.credit(call, this.#consumed, items, this.#bytes);
  }
}
