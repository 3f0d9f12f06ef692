import type { CallSink, OutgoingCall, StreamEntry } from '@hawser/core';
import { Subscription } from '@hawser/core';
import { decoded } from '../ends/values.ts';
import type { Machine } from '../loop/machine.ts';
import type { AskedCall } from '../model/asked-call.ts';
import type { Tally } from '../tally.ts';

/** How a consumer takes: all at once, so many every so often, or nothing for now. */
export type Appetite =
  | { readonly kind: 'eager' }
  | { readonly kind: 'slow'; readonly most: number; readonly ms: number }
  | { readonly kind: 'none' };

/** What the model is told of what a consumer takes. */
export interface EntryRecord {
  told(entry: StreamEntry): void;
  /** The consumer is done with it. */
  consumed(entry: StreamEntry): void;
}

const eager: Appetite = { kind: 'eager' };

/** A subscription, and its consumer. */
export class StreamAsk {
  readonly #asked: AskedCall;
  readonly #record: EntryRecord;
  readonly #subscription: Subscription;
  readonly #machine: Machine;
  readonly #tally: Tally;
  readonly #abort = new AbortController();
  #appetite: Appetite;
  #waiting = false;
  #taking = false;

  constructor(
    asked: AskedCall,
    record: EntryRecord,
    { appetite, machine, tally }: { appetite: Appetite; machine: Machine; tally: Tally },
    make: (sink: CallSink, signal: AbortSignal) => OutgoingCall,
  ) {
    this.#asked = asked;
    this.#record = record;
    this.#appetite = appetite;
    this.#machine = machine;
    this.#tally = tally;
    const { stream, feed } = asked.asking.task;
    const startsAtCursor = (stream?.from ?? 0) > 0 || feed?.after !== undefined;
    this.#subscription = new Subscription({
      survivesGaps: asked.asking.survivesGaps,
      startsAtCursor,
      ready: () => this.#ready(),
    });
    this.#subscription.bind(make(this.#subscription, this.#abort.signal));
  }

  get settled(): boolean {
    return this.#asked.settlement !== undefined || this.#asked.surrender !== undefined;
  }

  /** It never ends by itself. */
  get endless(): boolean {
    const { task } = this.#asked.asking;
    const endless = task.inputs?.some(({ count }) => count === undefined) === true;
    return endless || task.stream?.count === undefined || task.ends === 'waits';
  }

  /** It follows a channel, which has no end but its subscriber's. */
  get follows(): boolean {
    return this.#asked.feed !== undefined;
  }

  leave(): void {
    if (this.settled) return;
    this.#asked.surrender = 'leave';
    this.#subscription.leave();
  }

  /** Likewise, but is told so. */
  abort(): void {
    if (this.settled) return;
    this.#asked.surrender = 'abort';
    this.#abort.abort();
    this.hurry();
    const told = this.#asked.settlement !== undefined;
    this.#asked.check(told, 'settles-at-all', () => 'was aborted and is not settled');
  }

  set appetite(appetite: Appetite) {
    this.#appetite = appetite;
    this.#ready();
  }

  /** Takes all that is there, from now on. */
  hurry(): void {
    this.appetite = eager;
  }

  #ready(): void {
    const appetite = this.#appetite;
    if (appetite.kind === 'eager') this.#take(Number.POSITIVE_INFINITY);
    else if (appetite.kind === 'slow' && !this.#waiting) {
      this.#waiting = true;
      this.#machine.later(appetite.ms, () => {
        this.#waiting = false;
        if (this.#take(appetite.most)) this.#ready();
      });
    }
  }

  #took({ data, found }: StreamEntry & { kind: 'item' }): void {
    this.#tally.items++;
    // The bytes are put into the item itself.
    decoded(data, found);
  }

  /** Answers whether there may be more. */
  #take(most: number): boolean {
    if (this.#taking) return false;
    this.#taking = true;
    let entry: StreamEntry | undefined;
    for (let taken = 0; taken < most && this.#asked.surrender !== 'leave'; taken++) {
      entry = this.#subscription.take();
      if (entry === undefined) break;
      if (entry.kind === 'item') this.#took(entry);
      if (entry.kind === 'gap') this.#tally.gaps++;
      this.#record.told(entry);
      this.#record.consumed(entry);
      this.#subscription.consumed(entry);
    }
    this.#taking = false;
    return entry !== undefined;
  }
}
