import { Fifo } from '../session/fifo.js';
import type { Session } from '../session/session.js';
import type { Limits } from '../wire/limits.js';
import { limits } from '../wire/limits.js';
import type { Found } from './attachments.js';
import type { HawserError } from './hawser-error.js';

/** Where a stream comes from, and who pays its credit. */
export interface StreamOrigin {
  /** The session that it comes on, while credit is to be given. */
  readonly session: Pick<Session, 'arrived' | 'limits'> | undefined;
  credit(consumed: number, items: number, bytes: number): void;
}

export type StreamEntry =
  | {
      readonly kind: 'item';
      readonly data: unknown;
      readonly event: string | undefined;
      /** The bytes that belong into the data once a transformer has read it. */
      readonly found: readonly Found[];
      readonly mark: number;
      /** Bytes that it has for certain. */
      readonly least: number;
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
  #origin: StreamOrigin | undefined;
  #items: number = limits.firstItems.default;
  #bytes: number = limits.firstBytes.default;
  /** The largest window that was given: more than that can never be on its way. */
  #largest: number = this.#items;
  #largestBytes: number = this.#bytes;
  /** Bytes that items have for certain which are not consumed. */
  #held = 0;
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

  bind(origin: StreamOrigin): void {
    this.#origin = origin;
  }

  /** Entries that nobody has taken. */
  get size(): number {
    return this.#entries.size;
  }

  /** The stream is to start again on a new session, with the window it had at first. */
  restart(): void {
    this.#items = limits.firstItems.default;
    this.#bytes = limits.firstBytes.default;
    this.#largest = this.#items;
    this.#largestBytes = this.#bytes;
    this.#held = 0;
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
  pushItem(data: unknown, event: string | undefined, found: readonly Found[]): boolean {
    const arrived = this.#origin?.session?.arrived;
    if (arrived && arrived.frame !== this.#lastFrame) {
      this.#lastFrame = arrived.frame;
      this.#mark = this.#arrivedMark;
      this.#arrivedMark += arrived.bytes;
    }
    this.#received++;
    // One item may pass the byte window; the next may not be sent until it is consumed.
    const flooded = this.#held > this.#largestBytes;
    const least = arrived?.least ?? 0;
    this.#held += least;
    this.#entries.push({ kind: 'item', data, event, found, mark: this.#mark, least });
    return !flooded && this.#received - this.#consumed <= this.#largest;
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
    this.#held -= entry.least;
    this.#consumedMark = entry.mark;
    this.#creditIfDue();
  }

  #creditIfDue(): void {
    const items = this.#consumed - this.#creditedItems;
    const session = this.#origin?.session;
    if (items === 0 || session === undefined) return;
    // The sender keeps to what is announced, whatever it is granted.
    const { streamItems, streamBytes } = session.limits;
    const bytes = this.#consumedMark - this.#creditedMark;
    const due =
      items * 2 >= Math.min(this.#items, streamItems) || bytes * 2 >= Math.min(this.#bytes, streamBytes);
    if (due) this.#credit(session.limits);
  }

  #credit({ streamItems, streamBytes }: Limits): void {
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
    this.#largestBytes = Math.max(this.#largestBytes, this.#bytes);
    this.#creditedItems = this.#consumed;
    // More of the last frame may come yet.
    this.#creditedMark = Math.min(this.#consumedMark, this.#mark);
    this.#grant(this.#items);
  }

  #grant(items: number): void {
    if (this.#origin?.session) this.#origin.credit(this.#consumed, items, this.#bytes);
  }
}
