import type { Client } from '../ends/client.ts';
import type { SeededRandom } from '../loop/seeded-random.ts';
import { count } from '../tally.ts';
import type { WorldParts } from '../world-parts.ts';
import type { Counterpart } from './desk.ts';
import { Desk } from './desk.ts';
import { Fan } from './fan.ts';

const largestBurst = 5;

/** How often, in ms, a user looks whether the connection waits for its user. */
const patienceMs = 700;

/** Whoever uses a client: asks, gives up, takes slowly, presses buttons. */
export class User {
  readonly #client: Client;
  readonly #parts: WorldParts;
  readonly #random: SeededRandom;
  readonly #desk: Desk;
  readonly #fan: Fan | undefined;
  #resting = false;

  constructor(client: Client, parts: WorldParts) {
    this.#client = client;
    this.#parts = parts;
    this.#random = parts.random.fork();
    this.#desk = new Desk(parts, client.machine, this.#random);
    const { channels } = parts.plan;
    this.#fan = channels && new Fan(client, parts, channels);
    this.#plan();
  }

  /** Does nothing new any more, takes what comes, and leaves what has no end, in a while. */
  rest(): void {
    this.#resting = true;
    this.#desk.rest();
    this.#fan?.rest();
    this.#nudge();
  }

  /** Dials again where the connection waits for that. */
  #nudge(): void {
    if (this.#client.stuck) this.#client.connection.retry();
    if (!this.#desk.done || this.#fan?.done === false) this.#later(patienceMs, () => this.#nudge());
  }

  #later(ms: number, callback: () => void): void {
    this.#client.machine.later(ms, callback);
  }

  #plan(): void {
    const ms = (-Math.log(1 - this.#random.uniform()) * 1000) / this.#parts.plan.bustle;
    this.#later(ms, () => {
      if (this.#resting || this.#client.closed) return;
      this.#act();
      this.#plan();
    });
  }

  #act(): void {
    const random = this.#random;
    const dice = random.uniform();
    if (dice < 0.5) this.#askSome();
    else if (dice < 0.65) this.#desk.subscribe(this.#counterpart());
    else if (dice < 0.75) this.#desk.turn();
    else if (dice < 0.8) this.#press();
    else if (this.#parts.plan.cancels) this.#giveUp();
    else this.#askSome();
  }

  #askSome(): void {
    for (let left = this.#random.whole(1, largestBurst); left > 0; left--)
      this.#desk.ask(this.#counterpart());
  }

  #counterpart(): Counterpart {
    const { connection, number } = this.#client;
    return { caller: connection, record: this.#parts.judge.client(number) };
  }

  #press(): void {
    const { connection } = this.#client;
    if (this.#random.chance(0.5) || this.#client.stuck) connection.retry();
    else connection.wake();
  }

  #giveUp(): void {
    const dice = this.#random.uniform();
    if (dice < 0.55) this.#desk.abortCall();
    else if (dice < 0.8) this.#desk.leaveStream();
    else if (dice < 0.95) this.#desk.abortStream();
    else {
      count(this.#parts.tally.faults, 'close by the user');
      this.#client.close(this.#random.chance(0.3) ? this.#random.between(1, 3000) : 0);
    }
  }
}
