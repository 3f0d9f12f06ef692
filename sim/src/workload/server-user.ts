import type { Machine } from '../loop/machine.ts';
import type { SeededRandom } from '../loop/seeded-random.ts';
import type { WorldParts } from '../world-parts.ts';
import type { Counterpart } from './desk.ts';
import { Desk } from './desk.ts';

/** The code of a server that calls clients by itself. */
export class ServerUser {
  readonly #parts: WorldParts;
  readonly #machine: Machine;
  readonly #random: SeededRandom;
  readonly #counterpart: () => Counterpart | undefined;
  readonly #desk: Desk;
  #resting = false;

  /** `counterpart` chooses a session. */
  constructor(parts: WorldParts, machine: Machine, counterpart: () => Counterpart | undefined) {
    this.#parts = parts;
    this.#machine = machine;
    this.#random = parts.random.fork();
    this.#counterpart = counterpart;
    this.#desk = new Desk(parts, machine, this.#random);
    if (parts.plan.callsBack > 0) this.#plan(parts.plan.callsBack);
  }

  rest(): void {
    this.#resting = true;
    this.#desk.rest();
  }

  #plan(each: number): void {
    const ms = (-Math.log(1 - this.#random.uniform()) * 1000) / each;
    this.#machine.later(ms, () => {
      if (this.#resting) return;
      this.#act();
      this.#plan(each);
    });
  }

  #act(): void {
    const counterpart = this.#counterpart();
    if (counterpart === undefined) return;
    const dice = this.#random.uniform();
    if (dice < 0.6) this.#ask(counterpart);
    else if (dice < 0.75) this.#desk.subscribe(counterpart);
    else if (dice < 0.85) this.#desk.turn();
    else if (this.#parts.plan.cancels) this.#giveUp();
    else this.#ask(counterpart);
  }

  #ask(counterpart: Counterpart): void {
    this.#parts.tally.serverCalls++;
    this.#desk.ask(counterpart);
  }

  #giveUp(): void {
    const dice = this.#random.uniform();
    if (dice < 0.5) this.#desk.abortCall();
    else if (dice < 0.75) this.#desk.leaveStream();
    else this.#desk.abortStream();
  }
}
