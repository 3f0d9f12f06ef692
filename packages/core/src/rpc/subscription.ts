import type { LossReason } from '../session/session.js';
import type { FaultCode } from '../wire/fault-codes.js';
import type { Found } from './attachments.js';
import { HawserError } from './hawser-error.js';
import type { CallSink, OutgoingCall } from './outgoing-call.js';
import type { StreamEnd, StreamEntry } from './stream-intake.js';
import { StreamIntake } from './stream-intake.js';

/**
 * Why items may be missing: what became of the session, or the word of the server: it dropped some, the cursor is
 * older than what is kept or from another epoch, or the procedure takes none.
 */
export type GapReason = LossReason | 'dropped' | 'expired' | 'restarted' | 'no-cursor';

/** Items may be missing at this point of a subscription. */
export interface Gap {
  /** A `GapReason`, or a word of a newer server. */
  readonly reason: GapReason | (string & Record<never, never>);
  /** How many, where that is known. */
  readonly count: number | undefined;
}

export interface SubscriptionOptions {
  /** Whether the consumer wants to go on after a gap; without that, a gap ends the subscription. */
  readonly survivesGaps: boolean;
  /** Whether the input itself says where to start: then a restart before the first event is no gap. */
  readonly startsAtCursor: boolean;
  /** Told that there is something to take. */
  readonly ready: () => void;
}

/** A subscription at its caller: what arrives, in order, over every session that it lives on. */
export class Subscription implements CallSink {
  readonly #intake = new StreamIntake();
  readonly #options: SubscriptionOptions;
  #call: OutgoingCall | undefined;
  #cursor: string | undefined;
  #started = false;
  /** On the session that it is on. */
  #startedHere = false;
  #delivered = false;

  constructor(options: SubscriptionOptions) {
    this.#options = options;
  }

  bind(call: OutgoingCall): void {
    this.#call = call;
    this.#intake.bind(call);
  }

  /** The next thing that arrived; undefined if the consumer must wait. */
  take(): StreamEntry | undefined {
    return this.#intake.take();
  }

  /** To be called when the consumer is done with what it took: it makes room for more. */
  consumed(entry: StreamEntry): void {
    this.#intake.consumed(entry);
  }

  /** The consumer wants no more. */
  leave(): void {
    this.#call?.leave();
  }

  /** The consumer itself failed: that is all it is told from now on, whatever else has arrived. */
  fail(code: FaultCode, cause: unknown): void {
    this.#call?.leave();
    this.#intake.clear();
    this.fault(new HawserError(code, 'unknown', undefined, cause));
  }

  started(): void {
    if (this.#startedHere) return;
    this.#started = this.#startedHere = true;
    this.#push({ kind: 'started' });
  }

  item(data: unknown, event: string | undefined, found: readonly Found[]): void {
    this.#delivered = true;
    if (event !== undefined) this.#cursor = event;
    if (!this.#intake.pushItem(data, event, found)) return this.#call?.table?.flooded();
    this.#options.ready();
  }

  position(event: string): void {
    this.#cursor = event;
  }

  gap(reason: string, count: number | undefined): void {
    // What its own procedure chose to drop does not end a subscription that does not care.
    if (this.#options.survivesGaps) this.#push({ kind: 'gap', reason, count });
    else if (reason !== 'dropped') this.#call?.stop(new HawserError('gap', 'unknown', reason));
  }

  end(): void {
    this.#over({ kind: 'ended' });
  }

  /** A subscription has no result; a callee that sends one has ended the stream. */
  result(): void {
    this.end();
  }

  error(shape: unknown): void {
    this.#over({ kind: 'error', shape });
  }

  fault(fault: HawserError, shape?: unknown): void {
    // Whoever aborts wants nothing more, not even what has arrived.
    if (fault.code === 'aborted') this.#intake.clear();
    this.#over({ kind: 'fault', fault, shape });
  }

  restart(reason: string): { readonly after: string | undefined } | 'stop' {
    const atStart = !this.#started || (this.#options.startsAtCursor && !this.#delivered);
    const keepsPlace = this.#cursor !== undefined || atStart;
    if (!keepsPlace && !this.#options.survivesGaps) return 'stop';
    if (!keepsPlace) this.#intake.push({ kind: 'gap', reason, count: undefined });
    this.#intake.restart();
    this.#startedHere = false;
    return { after: this.#cursor };
  }

  restarted(): void {
    this.#intake.restarted();
    this.#options.ready();
  }

  #over(end: StreamEnd): void {
    this.#push({ kind: 'over', end });
  }

  #push(entry: Exclude<StreamEntry, { kind: 'item' }>): void {
    this.#intake.push(entry);
    this.#options.ready();
  }
}
