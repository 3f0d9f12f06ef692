import type { ChannelsPlan } from '../channels-plan.ts';
import type { ChannelHouse } from '../ends/channel-house.ts';
import type { Machine } from '../loop/machine.ts';
import type { SeededRandom } from '../loop/seeded-random.ts';
import { count } from '../tally.ts';
import type { WorldParts } from '../world-parts.ts';

/** By when the last event is published after the storm, in ms. */
const lastNewsMs = 3000;

/** The code of a server that has news, whoever listens. */
export class Publisher {
  readonly #parts: WorldParts;
  readonly #plan: ChannelsPlan;
  readonly #house: ChannelHouse;
  readonly #machine: Machine;
  readonly #random: SeededRandom;
  #resting = false;

  constructor(parts: WorldParts, machine: Machine, house: ChannelHouse, plan: ChannelsPlan) {
    this.#parts = parts;
    this.#plan = plan;
    this.#house = house;
    this.#machine = machine;
    this.#random = parts.channelRandom.fork();
    this.#next();
  }

  /** One last event of each channel is yet to come. */
  rest(): void {
    this.#resting = true;
    this.#machine.later(this.#random.uniform() * lastNewsMs, () => {
      for (const index of this.#plan.rooms.keys()) this.#house.publish(index, 1);
      this.#house.rest();
    });
  }

  #next(): void {
    const ms = (-Math.log(1 - this.#random.uniform()) * 1000) / this.#plan.news;
    this.#machine.later(ms, () => {
      if (this.#resting) return;
      this.#act();
      this.#next();
    });
  }

  #act(): void {
    const random = this.#random;
    const { faults } = this.#parts.tally;
    const index = random.below(this.#plan.rooms.length);
    const dice = random.uniform();
    if (dice < 0.05) {
      count(faults, 'channel trimmed');
      this.#house.trim(index);
    } else if (dice < 0.1 && this.#plan.reopens) {
      count(faults, 'channel replaced');
      this.#house.reopen(index);
    } else this.#house.publish(index, random.pick([1, 1, 1, 2, 4, 10]));
  }
}
