import type { CloseName } from '@hawser/core';

/** What becomes of the context of one dial. */
export interface Mood {
  /** How long it takes. */
  readonly ms: number;
  readonly outcome: 'made' | Extract<CloseName, 'trouble' | 'unauthorized' | 'forbidden' | 'bad-request'>;
}

export const serene: Mood = { ms: 0, outcome: 'made' };

/** What `createContext` of the simulation throws. */
export class ContextFailure extends Error {
  override readonly name = 'ContextFailure';
  readonly outcome: CloseName;

  constructor(outcome: CloseName) {
    super(`The context is in ${outcome}`);
    this.outcome = outcome;
  }
}

/** What `params` of the simulation throws. */
export class ParamsFailure extends Error {
  override readonly name = 'ParamsFailure';
}
