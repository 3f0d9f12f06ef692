import type { SeededRandom } from '../loop/seeded-random.ts';
import type { Asking } from '../model/asked-call.ts';
import type { Plan } from '../plan.ts';
import { padding } from './padding.ts';
import type { StreamTask, Task } from './task.ts';

const mostItems = 60;

/** Thinks of things to ask for. */
export class TaskMaker {
  readonly #plan: Plan;
  readonly #random: SeededRandom;

  constructor(plan: Plan, random: SeededRandom) {
    this.#plan = plan;
    this.#random = random;
  }

  call(n: number): Asking {
    const random = this.#random;
    const type = random.chance(0.5) ? 'query' : 'mutation';
    const ends = random.chance(0.1)
      ? 'fails'
      : this.#plan.cancels && random.chance(0.05)
        ? 'waits'
        : 'answers';
    const task: Task = { ...this.#task(n, ends), size: this.#size() };
    const idempotent = type === 'mutation' && random.chance(0.2);
    return { type, task, idempotent, timeoutMs: this.#timeout(ends), survivesGaps: false };
  }

  stream(n: number): Asking {
    const random = this.#random;
    const ends = random.chance(0.15) ? 'fails' : 'answers';
    const endless = random.chance(0.2);
    const from = random.chance(0.2) ? random.whole(1, 5) : 0;
    const stream: StreamTask = {
      kind: random.pick(['plain', 'tracked', 'tracked', 'mixed']),
      from,
      count: endless ? undefined : from + random.below(mostItems),
      // One that has no end must not fill the world.
      ms: endless ? random.between(100, 1000) : random.chance(0.5) ? 0 : random.between(1, 400),
      silentEvery: random.pick([0, 0, 2, 5]),
      forgets: random.chance(0.1),
      returnMs: random.chance(0.2) ? random.between(1, 1000) : 0,
    };
    const task: Task = {
      ...this.#task(n, ends),
      size: Math.min(this.#size(), this.#plan.largest / 4) | 0,
      stream,
    };
    const timeoutMs = this.#plan.cancels && random.chance(0.1) ? random.between(100, 10_000) : undefined;
    return { type: 'subscription', task, idempotent: false, timeoutMs, survivesGaps: random.chance(0.5) };
  }

  #task(n: number, ends: Task['ends']): Task {
    const random = this.#random;
    return {
      n,
      ms: random.pick([0, 0, 0, 1, random.between(0, 50), random.between(0, 3000)]),
      ends,
      heeds: random.chance(0.5),
      size: 0,
      pad: padding(this.#size()),
    };
  }

  /** Mostly small. */
  #size(): number {
    const random = this.#random;
    const share = random.chance(0.7) ? 0.02 : random.chance(0.7) ? 0.3 : 1;
    return random.below(this.#plan.largest * share);
  }

  #timeout(ends: Task['ends']): number | undefined {
    const random = this.#random;
    const asks = this.#plan.cancels && random.chance(ends === 'waits' ? 0.5 : 0.2);
    return asks ? random.between(1, 8_000) : undefined;
  }
}
