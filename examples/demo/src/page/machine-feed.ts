import type { Entry } from '../server/journal.js';
import type { Sample } from '../server/machine.js';
import type { Api } from './line.js';
import type { LineRecord } from './line-record.js';

export type NumberedSample = Entry<Sample>;

export const CHART_WINDOW_MS = 60_000;

/** The last minute of samples. Charts read it when they draw; nothing is rendered when an item arrives. */
export class MachineFeed {
  #samples: NumberedSample[] = [];
  #clockLead = Number.NEGATIVE_INFINITY;

  get samples(): readonly NumberedSample[] {
    return this.#samples;
  }

  get newest(): Sample | undefined {
    return this.#samples.at(-1)?.value;
  }

  /** A moment of this page, by `performance.now()`, on the server's clock. */
  serverTime(moment: number): number {
    return moment + this.#clockLead;
  }

  add(sample: NumberedSample): void {
    // The sample that came quickest shows the clocks best; one that waited out a cut shows nothing.
    this.#clockLead = Math.max(this.#clockLead, sample.value.at - performance.now());
    this.#samples.push(sample);
    const oldest = this.serverTime(performance.now()) - CHART_WINDOW_MS - 1_000;
    while ((this.#samples[0]?.value.at ?? oldest) < oldest) this.#samples.shift();
  }

  /** What was measured before this page came. */
  prepend(history: readonly NumberedSample[]): void {
    const first = this.#samples[0]?.seq ?? Number.POSITIVE_INFINITY;
    this.#samples.unshift(...history.filter(({ seq }) => seq < first));
    const newest = history.at(-1);
    if (newest) this.#clockLead = Math.max(this.#clockLead, newest.value.at - performance.now());
  }
}

export function followMachine(api: Api, record: LineRecord): MachineFeed {
  const feed = new MachineFeed();
  api.machine.samples.subscribe(undefined, {
    onData: (sample) => {
      record.received += 1;
      record.samples.see(sample.seq);
      feed.add(sample);
    },
    onGap: ({ reason }) => record.gap('samples', reason),
    onError: (error) => record.note('bad', `Samples ended: ${error.message}`),
  });
  api.machine.history.query().then(
    (history) => feed.prepend(history),
    (error: Error) => record.note('bad', `No history: ${error.message}`),
  );
  return feed;
}
