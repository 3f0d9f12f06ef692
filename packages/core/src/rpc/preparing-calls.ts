import { HawserError } from './hawser-error.js';
import type { OutgoingCall, Payload } from './outgoing-call.js';
import { closeSources } from './outgoing-streams.js';

/** Calls whose payload is still being read. They are in no session yet, and may be settled there and then. */
export class PreparingCalls {
  readonly #calls = new Set<OutgoingCall>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  get size(): number {
    return this.#calls.size;
  }

  /** `ready` is told when the call can be made, `over` when it never will. */
  add(
    call: OutgoingCall,
    later: Promise<Payload | HawserError>,
    told: { ready(): void; over(): void },
  ): void {
    this.#calls.add(call);
    void later.then((payload) => {
      this.#calls.delete(call);
      if (payload instanceof HawserError) call.lose(payload);
      else if (call.settled) closeSources(payload.streams);
      else {
        call.prepared(payload, this.#now());
        return told.ready();
      }
      told.over();
    });
  }

  /** Ends those that have a fault. */
  stop(faultOf: (call: OutgoingCall) => HawserError | undefined, shape?: unknown): void {
    for (const call of [...this.#calls]) {
      const fault = faultOf(call);
      if (fault) call.stop(fault, shape);
    }
  }

  /** Rejects those that took too long to be read. */
  sweep(now: number, timeoutMs: number): void {
    this.stop((call) => (call.overdue(now, timeoutMs) ? new HawserError('timeout', 'not-run') : undefined));
  }
}
