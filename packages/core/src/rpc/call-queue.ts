import { Fifo } from '../session/fifo.js';
import type { OutgoingCall } from './outgoing-call.js';

/** Settled calls that a line keeps before it looks through all to let go of them. */
const maxStale = 1024;

/** Calls in the order in which they came. */
class Line {
  readonly #calls = new Fifo<OutgoingCall>();
  /** Those among them that were settled here. */
  #stale = 0;

  get size(): number {
    return this.#calls.size - this.#stale;
  }

  push(call: OutgoingCall): void {
    this.#calls.push(call);
  }

  prepend(calls: readonly OutgoingCall[]): void {
    this.#calls.prepend(calls);
  }

  /** The first that is not settled. */
  peek(): OutgoingCall | undefined {
    for (;;) {
      const call = this.#calls.peek();
      if (call === undefined || call.queued) return call;
      this.#calls.shift();
      this.#stale--;
    }
  }

  /** Takes what `peek` showed. */
  shift(): void {
    this.#calls.shift();
  }

  /** One of them is not `queued` any more. */
  drop(): void {
    this.#stale++;
    if (this.#stale < maxStale || this.#stale * 2 < this.#calls.size) return;
    this.#calls.retain((call) => call.queued);
    this.#stale = 0;
  }

  clear(): void {
    this.#calls.clear();
    this.#stale = 0;
  }

  *[Symbol.iterator](): Iterator<OutgoingCall> {
    for (const call of this.#calls) if (call.queued) yield call;
  }
}

/**
 * Calls that wait for a place among those in flight. One with streams may wait for places of these as well, and holds
 * up none that has no streams.
 */
export class CallQueue {
  readonly #plain = new Line();
  readonly #streaming = new Line();
  /** Characters of their inputs. */
  #length = 0;

  get size(): number {
    return this.#plain.size + this.#streaming.size;
  }

  get length(): number {
    return this.#length;
  }

  push(call: OutgoingCall): void {
    this.#enter(call);
    this.#lineOf(call).push(call);
  }

  /** Calls that were ahead of all that wait. */
  prepend(calls: readonly OutgoingCall[]): void {
    for (const call of calls) this.#enter(call);
    this.#plain.prepend(calls.filter((call) => this.#lineOf(call) === this.#plain));
    this.#streaming.prepend(calls.filter((call) => this.#lineOf(call) === this.#streaming));
  }

  /** Whether another may go before this one: none of its kind waits. */
  isFree(call: OutgoingCall): boolean {
    return this.#lineOf(call).size === 0;
  }

  /** It was settled, and waits no more. */
  drop(call: OutgoingCall): void {
    this.#leave(call);
    this.#lineOf(call).drop();
  }

  /** Takes the one that was made first among those at the front that fit. */
  shift(fits: (call: OutgoingCall) => boolean): OutgoingCall | undefined {
    const lines = [this.#plain, this.#streaming].filter((line) => {
      const call = line.peek();
      return call !== undefined && fits(call);
    });
    const [one, other] = lines;
    const line = one && other && (other.peek()?.serial ?? 0) < (one.peek()?.serial ?? 0) ? other : one;
    const call = line?.peek();
    if (call === undefined) return undefined;
    line?.shift();
    this.#leave(call);
    return call;
  }

  clear(): void {
    this.#plain.clear();
    this.#streaming.clear();
    this.#length = 0;
  }

  *[Symbol.iterator](): Iterator<OutgoingCall> {
    yield* this.#plain;
    yield* this.#streaming;
  }

  #lineOf({ payload }: OutgoingCall): Line {
    return payload.streams?.length ? this.#streaming : this.#plain;
  }

  #enter(call: OutgoingCall): void {
    call.queued = true;
    this.#length += call.payload.json?.length ?? 0;
  }

  #leave(call: OutgoingCall): void {
    call.queued = false;
    this.#length -= call.payload.json?.length ?? 0;
  }
}
