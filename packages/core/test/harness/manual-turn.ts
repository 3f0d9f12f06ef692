import type { Flushable, Turn } from '../../src/session/ports.ts';

/** A turn whose flushes and yields run when they are told to. */
export class ManualTurn implements Turn {
  #flushes: Flushable[] = [];
  #yields: (() => void)[] = [];

  flush(what: Flushable): void {
    this.#flushes.push(what);
  }

  yield(callback: () => void): void {
    this.#yields.push(callback);
  }

  get pending(): number {
    return this.#flushes.length + this.#yields.length;
  }

  /** Runs what was asked for until now; answers whether there was anything. */
  run(): boolean {
    const flushes = this.#flushes.splice(0);
    const yields = this.#yields.splice(0);
    for (const what of flushes) what.flush();
    for (const callback of yields) callback();
    return flushes.length + yields.length > 0;
  }
}
