import { HawserError } from './hawser-error.js';
import type { OutgoingCall, Payload } from './outgoing-call.js';
import { closeSources } from './outgoing-streams.js';

/** Calls whose payload is still being read. They are in no session yet, and may be settled there and then. */
export class PreparingCalls {
  readonly #calls = new Set<OutgoingCall>();

  get size(): number {
    return this.#calls.size;
  }

  /** `ready` is told of a call that can be made, `over` of one that will not be. */
  add(
    call: OutgoingCall,
    later: Promise<Payload | HawserError>,
    told: { ready(call: OutgoingCall): void; over(): void },
  ): void {
    this.#calls.add(call);
    void later.then((payload) => {
      this.#calls.delete(call);
      if (payload instanceof HawserError) call.lose(payload);
      else if (call.settled) closeSources(payload.streams);
      else {
        call.payload = payload;
        return told.ready(call);
      }
      told.over();
    });
  }

  /** None of them is going to be made. */
  stop(fault: () => HawserError): void {
    for (const call of this.#calls) call.stop(fault());
  }
}
