import type { Page } from '../src/page.js';

/** A page whose frames, turns, time and visibility are the test's. */
export class FakePage implements Page {
  time = 0;
  #hidden = false;
  #frames: (() => void)[] = [];
  #turns: (() => void)[] = [];
  readonly #timers = new Set<{ readonly at: number; readonly callback: () => void }>();
  readonly #watchers = new Set<() => void>();

  get hidden(): boolean {
    return this.#hidden;
  }

  set hidden(hidden: boolean) {
    this.#hidden = hidden;
    for (const watcher of [...this.#watchers]) watcher();
  }

  /** What would be left open. */
  get open(): number {
    return this.#timers.size + this.#watchers.size;
  }

  now(): number {
    return this.time;
  }

  nextFrame(callback: () => void): void {
    this.#frames.push(callback);
  }

  nextTurn(callback: () => void): void {
    this.#turns.push(callback);
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.time + ms, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  watch(listener: () => void): () => void {
    this.#watchers.add(listener);
    return () => this.#watchers.delete(listener);
  }

  /** A frame, and what follows from it. */
  async frame(): Promise<void> {
    if (this.#hidden) throw new Error('A hidden page has no frames');
    for (const callback of this.#frames.splice(0)) callback();
    await settled();
  }

  async turn(): Promise<void> {
    for (const callback of this.#turns.splice(0)) callback();
    await settled();
  }

  pass(ms: number): void {
    this.time += ms;
    for (const timer of [...this.#timers]) {
      if (timer.at > this.time) continue;
      this.#timers.delete(timer);
      timer.callback();
    }
  }
}

/** All microtasks have run. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
