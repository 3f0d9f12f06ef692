import type { ChannelsPlan } from '../channels-plan.ts';
import type { Client } from '../ends/client.ts';
import type { SeededRandom } from '../loop/seeded-random.ts';
import type { FeedRecord } from '../model/feed-record.ts';
import type { WorldParts } from '../world-parts.ts';
import type { Counterpart } from './desk.ts';
import { Desk } from './desk.ts';
import { FeedMaker } from './feed-maker.ts';

/** Subscriptions of channels that a client has at a time. */
const mostFeeds = 3;

/** Whoever follows channels at a client. */
export class Fan {
  readonly #client: Client;
  readonly #parts: WorldParts;
  readonly #plan: ChannelsPlan;
  readonly #random: SeededRandom;
  readonly #most: number;
  readonly #maker: FeedMaker;
  readonly #desk: Desk;
  readonly #followed: FeedRecord[] = [];
  #resting = false;

  constructor(client: Client, parts: WorldParts, plan: ChannelsPlan) {
    const { channelRandom, plan: world } = parts;
    this.#client = client;
    this.#parts = parts;
    this.#plan = plan;
    this.#random = channelRandom.fork();
    // Each is a call in flight to the end of the world, and others have to get their turn.
    this.#most = Math.min(mostFeeds, world.announced.calls - 1);
    this.#maker = new FeedMaker(plan, this.#random, { number: client.number, cancels: world.cancels });
    this.#desk = new Desk(parts, client.machine, this.#random);
    this.#next();
  }

  get done(): boolean {
    return this.#desk.done;
  }

  /** Takes what comes, and follows to the end most of what it follows. */
  rest(): void {
    this.#resting = true;
    this.#desk.rest();
  }

  #next(): void {
    const ms = (-Math.log(1 - this.#random.uniform()) * 1000) / this.#plan.interest;
    this.#client.machine.later(ms, () => {
      if (this.#resting || this.#client.closed) return;
      this.#act();
      this.#next();
    });
  }

  #act(): void {
    const dice = this.#random.uniform();
    if (this.#desk.streams === 0 || (dice < 0.6 && this.#desk.streams < this.#most)) this.#follow();
    else if (dice < 0.8) this.#desk.turn();
    else if (dice < 0.95) this.#desk.leaveFeed();
    else if (this.#parts.plan.cancels) this.#desk.abortStream();
  }

  #follow(): void {
    const { connection, number } = this.#client;
    const { judge } = this.#parts;
    const counterpart: Counterpart = { caller: connection, record: judge.client(number) };
    const { asking, feed } = this.#maker.feed(judge.calls.length + 1, this.#followed);
    this.#followed.push(this.#desk.follow(counterpart, asking, feed));
  }
}
