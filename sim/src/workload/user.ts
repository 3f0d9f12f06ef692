import type { CallRequest } from '@hawser/core';
import type { Client } from '../ends/client.ts';
import type { SeededRandom } from '../loop/seeded-random.ts';
import type { Asking } from '../model/asked-call.ts';
import { count } from '../tally.ts';
import type { WorldParts } from '../world-parts.ts';
import type { Appetite } from './stream-ask.ts';
import { StreamAsk } from './stream-ask.ts';
import { TaskMaker } from './task-maker.ts';
import { UnaryAsk } from './unary-ask.ts';

const largestBurst = 5;

/** How often, in ms, a user looks whether the connection waits for its user. */
const patienceMs = 700;

/** Whoever uses a client: asks, gives up, takes slowly, presses buttons. */
export class User {
  readonly #client: Client;
  readonly #parts: WorldParts;
  readonly #random: SeededRandom;
  readonly #tasks: TaskMaker;
  readonly calls: UnaryAsk[] = [];
  readonly streams: StreamAsk[] = [];
  #resting = false;

  constructor(client: Client, parts: WorldParts) {
    this.#client = client;
    this.#parts = parts;
    this.#random = parts.random.fork();
    this.#tasks = new TaskMaker(parts.plan, this.#random);
    this.#plan();
  }

  /** Does nothing new any more, takes what comes, and leaves what has no end, in a while. */
  rest(): void {
    this.#resting = true;
    for (const stream of this.streams) {
      stream.hurry();
      if (stream.endless) this.#later(this.#random.uniform() * 3000, () => stream.leave());
    }
    for (const call of this.calls) {
      if (call.endless) this.#later(this.#random.uniform() * 5000, () => call.abort());
    }
    this.#nudge();
  }

  get done(): boolean {
    return this.calls.every((call) => call.settled) && this.streams.every((stream) => stream.settled);
  }

  /** Dials again where the connection waits for that. */
  #nudge(): void {
    if (this.#client.stuck) this.#client.connection.retry();
    if (!this.done) this.#later(patienceMs, () => this.#nudge());
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
    else if (dice < 0.65) this.#subscribe();
    else if (dice < 0.75) this.#turn();
    else if (dice < 0.8) this.#press();
    else if (this.#parts.plan.cancels) this.#giveUp();
    else this.#askSome();
  }

  #askSome(): void {
    for (let left = this.#random.whole(1, largestBurst); left > 0; left--) this.#ask();
  }

  #ask(): void {
    const { judge, tally } = this.#parts;
    const asking = this.#tasks.call(judge.calls.length + 1);
    const asked = judge.ask(asking, this.#client.number, this.#client.machine);
    if (asking.type === 'query') tally.queries++;
    else tally.mutations++;
    const { connection } = this.#client;
    this.calls.push(
      new UnaryAsk(asked, (sink, signal) => connection.call(this.#request(asking, signal), sink)),
    );
  }

  #subscribe(): void {
    const { judge, tally } = this.#parts;
    const asking = this.#tasks.stream(judge.calls.length + 1);
    const { machine, connection } = this.#client;
    const asked = judge.ask(asking, this.#client.number, machine);
    tally.subscriptions++;
    const appetite = this.#appetite();
    this.streams.push(
      new StreamAsk(asked, { appetite, machine, tally }, (sink, signal) =>
        connection.call(this.#request(asking, signal), sink),
      ),
    );
  }

  #request({ type, task, timeoutMs, idempotent }: Asking, signal: AbortSignal): CallRequest {
    return { type, path: 'act', json: JSON.stringify(task), signal, timeoutMs, idempotent };
  }

  #appetite(): Appetite {
    const random = this.#random;
    return random.pick<Appetite>([
      { kind: 'eager' },
      { kind: 'eager' },
      { kind: 'slow', most: random.whole(1, 5), ms: random.between(10, 800) },
      { kind: 'none' },
    ]);
  }

  /** A consumer changes its pace. */
  #turn(): void {
    const stream = this.#random.any(this.streams);
    if (stream && !stream.settled) stream.appetite = this.#appetite();
  }

  #press(): void {
    const { connection } = this.#client;
    if (this.#random.chance(0.5) || this.#client.stuck) connection.retry();
    else connection.wake();
  }

  #giveUp(): void {
    const dice = this.#random.uniform();
    const { tally } = this.#parts;
    if (dice < 0.55) this.#abortOne();
    else if (dice < 0.8) this.#random.any(this.streams)?.leave();
    else if (dice < 0.95) this.#random.any(this.streams)?.abort();
    else {
      count(tally.faults, 'close by the user');
      this.#client.close(this.#random.chance(0.3) ? this.#random.between(1, 3000) : 0);
    }
  }

  #abortOne(): void {
    const open = this.calls.filter((call) => !call.settled);
    this.#random.any(open)?.abort();
  }
}
