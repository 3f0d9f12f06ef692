import type { Clock } from '../session/ports.js';
import { HawserError } from './hawser-error.js';
import type { OutgoingCall, Payload } from './outgoing-call.js';
import { closeSources } from './stream-source.js';

/** Calls whose payload is still being read. They are in no session yet, and may be settled there and then. */
export class PreparingCalls {
  /** Most never have any. */
  #calls: Set<OutgoingCall> | undefined;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#calls?.size ?? 0;
  }

  /** `ready` is told when the call can be made, `over` when it never will. */
  add(
    call: OutgoingCall,
    later: Promise<Payload | HawserError>,
    told: { ready(): void; over(): void },
  ): void {
    this.#calls ??= new Set();
    this.#calls.add(call);
    void later.then((payload) => {
      this.#calls?.delete(call);
      if (payload instanceof HawserError) call.lose(payload);
      else if (call.settled) closeSources(payload.streams);
      else {
        call.prepared(payload, this.#clock.now());
        return told.ready();
      }
      told.over();
    });
  }

  /** Ends those that have a fault. */
  stop(faultOf: (call: OutgoingCall) => HawserError | undefined, shape?: unknown): void {
    for (const call of [...(this.#calls ?? [])]) {
      const fault = faultOf(call);
      if (fault) call.stop(fault, shape);
    }
  }

  /** Rejects those that took too long to be read. */
  sweep(now: number, timeoutMs: number): void {
    this.stop((call) => (call.overdue(now, timeoutMs) ? new HawserError('timeout', 'not-run') : undefined));
  }
}
