import type { Trace } from '../loop/trace.ts';
import type { Invariant } from './invariants.ts';

export interface Violation {
  readonly invariant: Invariant;
  readonly detail: string;
}

/** What was found wrong with a world. The first finding is the one that counts: it ends the world. */
export class Verdicts {
  readonly #trace: Trace;
  #first: Violation | undefined;

  constructor(trace: Trace) {
    this.#trace = trace;
  }

  get first(): Violation | undefined {
    return this.#first;
  }

  violated(invariant: Invariant, detail: string): void {
    this.#trace.tell('judge', `VIOLATION ${invariant}`, detail);
    this.#first ??= { invariant, detail };
  }

  /** Records a violation unless `holds`. */
  check(holds: boolean, invariant: Invariant, detail: () => string): void {
    if (!holds) this.violated(invariant, detail());
  }
}
