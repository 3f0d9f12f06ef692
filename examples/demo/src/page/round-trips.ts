import type { Api } from './line.js';
import type { LineRecord } from './line-record.js';

export interface RoundTrip {
  readonly at: number;
  readonly ms: number;
}

const PING_EVERY_MS = 1_000;
const KEEP_ROUND_TRIPS = 60;

export class RoundTrips {
  made = 0;
  answered = 0;
  failed = 0;
  /** How many calls of this session the server saw twice. */
  repeats = 0;
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

/** Makes an ordinary mutation once a second, line or no line, and times those that met no cut. */
export function measureRoundTrips(api: Api, record: LineRecord): RoundTrips {
  const trips = new RoundTrips();
  setInterval(async () => {
    const isOpen = record.status.value.state === 'open';
    const cuts = record.cuts.length;
    const start = performance.now();
    trips.made += 1;
    try {
      trips.repeats = await api.ping.mutate(trips.made);
      trips.answered += 1;
    } catch {
      trips.failed += 1;
      return;
    }
    if (isOpen && record.cuts.length === cuts) trips.add({ at: start, ms: performance.now() - start });
  }, PING_EVERY_MS);
  return trips;
}
