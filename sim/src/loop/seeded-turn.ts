import type { Flushable, Turn } from '@hawser/core';
import type { EventLoop } from './event-loop.ts';
import { soon } from './event-loop.ts';
import type { Machine } from './machine.ts';
import type { SeededRandom } from './seeded-random.ts';

const mostHops = 8;
const longestYieldMs = 2;

/**
 * A turn of a machine. A flush comes a seeded number of microtasks later or, on a machine whose runtime tells
 * nothing better, when no message came between two of them; a yield is an event.
 */
export class SeededTurn implements Turn {
  readonly #machine: Machine;
  readonly #loop: EventLoop;
  readonly #random: SeededRandom;
  readonly #watches: boolean;

  constructor(machine: Machine, loop: EventLoop, random: SeededRandom) {
    this.#machine = machine;
    this.#loop = loop;
    this.#random = random;
    this.#watches = random.chance(0.3);
  }

  flush(what: Flushable): void {
    if (this.#watches) settle(what, -1);
    else hop(() => what.flush(), this.#random.below(mostHops));
  }

  yield(callback: () => void): void {
    this.#machine.post(this.#loop.now + this.#random.uniform() * longestYieldMs, callback);
  }
}

function hop(callback: () => void, hops: number): void {
  soon(hops === 0 ? callback : () => hop(callback, hops - 1));
}

function settle(what: Flushable, seen: number): void {
  const { activity } = what;
  if (activity === seen) what.flush();
  else soon(() => settle(what, activity));
}
