import type { Turn } from '../../src/session/ports.ts';

/** A turn whose flushes and yields run when they are told to. */
export class ManualTurn implements Turn {
  #flushes: (() => void)[] = [];
  #yields: (() => void)[] = [];

  flush(callback: () => void): void {
    this.#flushes.push(callback);
  }

  yield(callback: () => void): void {
    this.#yields.push(callback);
  }

  get pending(): number {
    return this.#flushes.length + this.#yields.length;
  }

  /** Runs what was asked for until now; answers whether there was anything. */
  run(): boolean {
    const callbacks = [...this.#flushes.splice(0), ...this.#yields.splice(0)];
    for (const callback of callbacks) callback();
    return callbacks.length > 0;
  }
}
