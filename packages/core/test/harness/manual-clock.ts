import type { Clock, Timer } from '../../src/session/ports.ts';
import { longestTimerMs } from '../../src/session/ports.ts';

interface Armed {
  readonly at: number;
  readonly callback: () => void;
}

/** A clock that moves when it is told to. */
export class ManualClock implements Clock {
  #now = 1_000_000;
  readonly #armed = new Set<Armed>();

  now(): number {
    return this.#now;
  }

  after(ms: number, callback: () => void): Timer {
    if (!(ms <= longestTimerMs)) throw new RangeError(`No runtime has a timer of ${ms} ms`);
    const timer: Armed = { at: this.#now + Math.max(0, ms), callback };
    this.#armed.add(timer);
    return { cancel: () => void this.#armed.delete(timer) };
  }

  /** Timers that are armed. */
  get armed(): number {
    return this.#armed.size;
  }

  /** In how many ms the next timer is due; undefined if none is armed. */
  get nextIn(): number | undefined {
    const next = this.#next();
    return next && next.at - this.#now;
  }

  /** Lets time pass, timer by timer; `settle` is awaited after each, and at the end. */
  async advance(ms: number, settle: () => Promise<void>): Promise<void> {
    const until = this.#now + ms;
    await settle();
    for (let timer = this.#next(); timer && timer.at <= until; timer = this.#next()) {
      this.#now = Math.max(this.#now, timer.at);
      this.#armed.delete(timer);
      timer.callback();
      await settle();
    }
    this.#now = until;
  }

  /** The machine sleeps: time passes, and whatever fell due fires late, at the next `advance`. */
  sleep(ms: number): void {
    this.#now += ms;
  }

  #next(): Armed | undefined {
    let next: Armed | undefined;
    for (const timer of this.#armed) if (next === undefined || timer.at < next.at) next = timer;
    return next;
  }
}
