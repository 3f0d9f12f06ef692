import { Seeded } from '../seeded.mjs';
import { CallLoad } from './call-load.mjs';
import { MutationRecord } from './mutation-record.mjs';
import { StreamLoad } from './stream-load.mjs';

/** One client: what it does, and what it was told. */
export class ClientLoad {
  #load;
  #calls;
  #streams;
  mutations = new MutationRecord();

  /**
   * @param {Omit<import('./call-load.mjs').Load, 'random'>} load
   * @param {number} seed
   */
  constructor(load, seed) {
    this.#load = { ...load, random: new Seeded(seed, 'client', load.number) };
    this.#calls = new CallLoad(this.#load, this.mutations);
    this.#streams = new StreamLoad(this.#load);
  }

  /** Resolves when the line is there. */
  async check() {
    const { client, tally, number } = this.#load;
    let runs = 0;
    client.watch((_, reason = 'before it began') => {
      if (runs++ > 0) tally.sessionsLost[reason] = (tally.sessionsLost[reason] ?? 0) + 1;
    });
    await client.echo({ value: `client ${number}`, delayMs: 0 });
  }

  start() {
    this.#calls.start();
    this.#streams.start();
  }

  get settled() {
    return this.#calls.open === 0 && this.#streams.open.size === 0;
  }

  /** Counts what is still open; called once, at the very end. */
  count() {
    const { tally, number } = this.#load;
    tally.unsettledCalls += this.#calls.open;
    tally.unsettledStreams += this.#streams.open.size;
    if (this.#calls.open > 0)
      tally.example(number, 'unsettled', `${this.#calls.open} calls were never settled`);
    for (const stream of this.#streams.open) tally.example(number, 'unsettled', `${stream}, and not over`);
  }

  close() {
    this.#load.client.close();
  }
}
