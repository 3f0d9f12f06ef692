import type { Limits } from '@hawser/core';
import { defaultLimits, limits } from '@hawser/core';
import type { Plan } from './plan.ts';

type Tunable = keyof Plan['constants'];

/** What `bundle.mjs` puts into core. */
type Tuning = (tuned: Plan['tuned']) => void;

/**
 * Gives the protocol's constants the values of a world. They are not announced, so this is the one way to reach
 * what lies behind them with few events. One world runs at a time.
 */
export function setConstants({ constants, tuned }: Plan): void {
  const table: Record<Tunable, { default: number }> = limits;
  for (const name of Object.keys(constants) as Tunable[]) table[name].default = constants[name];
  const { tunings } = globalThis as unknown as { readonly tunings: readonly Tuning[] };
  for (const tune of tunings) tune(tuned);
}

/** What the server of a world announces. */
export function limitsOf(plan: Plan): Limits {
  return { ...defaultLimits, ...plan.announced };
}
