import process from 'node:process';
import type { Scheduled } from './event-queue.ts';
import { EventQueue } from './event-queue.ts';

const afterMicrotasks = process.nextTick;
const resolved = Promise.resolve();

/** Runs a callback as a microtask. Cheaper than `queueMicrotask`, which makes an async resource in Node. */
export function soon(callback: () => void): void {
  void resolved.then(callback);
}

/**
 * The time of a world, and its events one by one. Between two events all microtasks run: the next event is asked
 * for by a microtask through `nextTick`, and Node comes to that only when no microtask is left.
 */
export class EventLoop {
  readonly #queue = new EventQueue();
  readonly #crashed: (error: unknown) => void;
  #now = 0;
  #events = 0;
  #over: () => boolean = () => false;
  #finish: () => void = () => {};

  /** `crashed` is told what an event threw. */
  constructor(crashed: (error: unknown) => void) {
    this.#crashed = crashed;
  }

  /** Milliseconds since the world began; no machine of it knows them. */
  get now(): number {
    return this.#now;
  }

  get events(): number {
    return this.#events;
  }

  at(time: number, callback: () => void): Scheduled {
    return this.#queue.push(Math.max(time, this.#now), callback);
  }

  in(ms: number, callback: () => void): Scheduled {
    return this.at(this.#now + ms, callback);
  }

  /** Until `over` says so, or nothing is left to happen. */
  run(over: () => boolean): Promise<void> {
    this.#over = over;
    return new Promise((resolve) => {
      this.#finish = resolve;
      soon(this.#next);
    });
  }

  readonly #next = (): void => afterMicrotasks(this.#step);

  readonly #step = (): void => {
    if (this.#over()) return this.#finish();
    const event = this.#queue.pop();
    if (event === undefined) return this.#finish();
    this.#now = event.at;
    this.#events++;
    try {
      event.callback?.();
    } catch (error) {
      this.#crashed(error);
    }
    void resolved.then(this.#next);
  };
}
