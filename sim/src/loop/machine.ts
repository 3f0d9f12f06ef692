import type { Clock, Timer } from '@hawser/core';
import type { EventLoop } from './event-loop.ts';
import type { SeededRandom } from './seeded-random.ts';

/** A local time that is reached but for the rounding of a rate. */
const rounding = 1e-6;

/** How far apart what waited for a machine to wake may run. */
const wakingMs = 4;

/** How late a timer of an idle machine fires at most. */
const slackMs = 2;

/**
 * A computer with a clock of its own, which goes at its own rate and never back. While it sleeps nothing runs on
 * it; what fell due meanwhile runs when it wakes, in no particular order. Once it is off nothing runs any more.
 */
export class Machine implements Clock {
  readonly name: string;
  readonly #loop: EventLoop;
  readonly #random: SeededRandom;
  readonly #rate: number;
  /** A moment of the world, and what this clock showed then. */
  #anchor: { readonly world: number; readonly local: number };
  #wakeAt = 0;
  #off = false;
  #timers = 0;
  #wokeAt = 0;

  constructor(name: string, loop: EventLoop, random: SeededRandom, rate: number) {
    this.name = name;
    this.#loop = loop;
    this.#random = random;
    this.#rate = rate;
    this.#anchor = { world: loop.now, local: random.between(1_000, 1_000_000) };
  }

  now(): number {
    const { world, local } = this.#anchor;
    return local + Math.max(0, this.#loop.now - world) * this.#rate;
  }

  after(ms: number, callback: () => void): Timer {
    const due = this.now() + Math.max(0, ms);
    let armed = true;
    this.#timers++;
    const disarm = (): void => {
      if (armed) this.#timers--;
      armed = false;
    };
    const fire = (): void => {
      if (!armed) return;
      if (this.now() + rounding < due) return this.post(this.#worldTime(due), fire);
      disarm();
      callback();
    };
    this.post(this.#worldTime(due) + this.#random.uniform() * slackMs, fire);
    return { cancel: disarm };
  }

  /** Runs a callback on this machine, at a time of the world or as soon after as it is awake. */
  post(at: number, callback: () => void): void {
    this.#loop.at(at, () => {
      if (this.#off) return;
      if (this.asleep) this.post(this.#wakeAt + this.#random.uniform() * wakingMs, callback);
      else callback();
    });
  }

  /** Likewise, in so many ms of the world; for what is no part of the code under test, and leaves no timer open. */
  later(ms: number, callback: () => void): void {
    this.post(this.#loop.now + ms, callback);
  }

  /** Stops for a while; the clock goes on, or stands still as some do while their machine sleeps. */
  sleep(ms: number, clockStands: boolean): void {
    if (this.#off || this.asleep) return;
    const local = this.now();
    const { now } = this.#loop;
    this.#wakeAt = now + ms;
    this.#anchor = clockStands ? { world: now + ms, local } : { world: now, local };
    this.#wokeAt = clockStands ? local : local + ms * this.#rate;
  }

  /** Ends at once, with all that runs on it. */
  off(): void {
    this.#off = true;
  }

  get asleep(): boolean {
    return this.#loop.now < this.#wakeAt;
  }

  /** When it wakes, or woke last, in the world's time. */
  get wakeAt(): number {
    return this.#wakeAt;
  }

  /** When it woke last, by its own clock. */
  get wokeAt(): number {
    return this.#wokeAt;
  }

  get running(): boolean {
    return !this.#off;
  }

  /** Timers that are armed. */
  get timers(): number {
    return this.#timers;
  }

  #worldTime(local: number): number {
    return this.#anchor.world + (local - this.#anchor.local) / this.#rate;
  }
}
