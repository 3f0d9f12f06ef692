import type { SeededRandom } from '../loop/seeded-random.ts';
import type { Asking } from '../model/asked-call.ts';
import type { Plan } from '../plan.ts';
import { mostBlobs } from '../plan.ts';
import { padding } from './padding.ts';
import type { StrandTask, StreamTask, Task } from './task.ts';

const mostItems = 50;

/** Streams in an input or an answer, and their items. */
const mostStrands = 2;
const mostStrandItems = 20;

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
    const task: Task = { ...this.#task(n, ends), size: this.#size(), ...this.#answer(ends) };
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
      bytes: random.chance(this.#plan.blobs) ? this.#random.below(this.#plan.largestBlob) : 0,
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
      blobs: this.#blobs(),
      ...this.#inputs(),
    };
  }

  /** Streams and bytes of the answer; only what has streams there can be fed by those of the input. */
  #answer(ends: Task['ends']): Partial<Task> {
    const outputs = ends === 'answers' ? this.#strands() : undefined;
    const feeds = outputs !== undefined && this.#random.chance(0.3);
    return { answerBlobs: this.#blobs(), outputs, ...(feeds ? { reading: 'feeds' } : {}) };
  }

  #inputs(): Partial<Task> {
    const inputs = this.#strands();
    if (inputs === undefined) return {};
    return { inputs, reading: this.#random.pick(['before', 'beside']) };
  }

  #strands(): StrandTask[] | undefined {
    const random = this.#random;
    if (!random.chance(this.#plan.strands)) return undefined;
    return Array.from({ length: random.whole(1, mostStrands) }, () => this.#strand());
  }

  #strand(): StrandTask {
    const random = this.#random;
    const endless = random.chance(0.15);
    return {
      count: endless ? undefined : random.below(mostStrandItems),
      ms: endless ? random.between(100, 1000) : random.chance(0.5) ? 0 : random.between(1, 300),
      size: Math.min(this.#size(), this.#plan.largest / 4) | 0,
      bytes: random.chance(this.#plan.blobs) ? this.#random.below(this.#plan.largestBlob) : 0,
      fails: random.chance(0.15),
      returnMs: random.chance(0.2) ? random.between(1, 1000) : 0,
      reads: random.chance(0.65) ? undefined : random.pick([0, 0, 1, 2, 5]),
      readMs: random.chance(0.5) ? 0 : random.between(1, 300),
    };
  }

  #blobs(): number[] | undefined {
    const random = this.#random;
    if (!random.chance(this.#plan.blobs)) return undefined;
    return Array.from({ length: random.whole(1, mostBlobs) }, () => this.#blob(this.#plan.largestBlob));
  }

  /** Length of bytes: small ones, and larger ones that travel in parts. */
  #blob(largest: number): number {
    return this.#random.below(this.#random.chance(0.7) ? largest * 0.1 : largest);
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
