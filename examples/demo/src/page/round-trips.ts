import type { Api } from './line.js';
import type { LineRecord } from './line-record.js';

export interface RoundTrip {
  readonly at: number;
  readonly ms: number;
}

const PING_EVERY_MS = 1_000;
const KEEP_ROUND_TRIPS = 60;

export class RoundTrips {
  #all: RoundTrip[] = [];

  get all(): readonly RoundTrip[] {
    return this.#all;
  }

  get latest(): RoundTrip | undefined {
    return this.#all.at(-1);
  }

  add(roundTrip: RoundTrip): void {
    this.#all = [...this.#all.slice(1 - KEEP_ROUND_TRIPS), roundTrip];
  }
}

/** Times an ordinary query, once a second. */
export function measureRoundTrips(api: Api, record: LineRecord): RoundTrips {
  const trips = new RoundTrips();
  setInterval(async () => {
    if (record.status.value.state !== 'open') return;
    const cuts = record.cuts.length;
    const start = performance.now();
    try {
      await api.ping.query(undefined, { timeoutMs: 5_000 });
    } catch {
      return;
    }
    // A ping that lived through a cut has measured the cut.
    if (record.cuts.length === cuts) trips.add({ at: start, ms: performance.now() - start });
  }, PING_EVERY_MS);
  return trips;
}
