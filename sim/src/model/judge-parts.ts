import type { Trace } from '../loop/trace.ts';
import type { Plan } from '../plan.ts';
import type { Cursors } from './cursors.ts';
import type { Losses } from './losses.ts';
import type { Verdicts } from './verdicts.ts';

/** What all records of the model share. */
export interface JudgeParts {
  readonly plan: Plan;
  readonly trace: Trace;
  readonly verdicts: Verdicts;
  readonly losses: Losses;
  readonly cursors: Cursors;
  readonly nextRun: () => number;
  /** The world's time. */
  readonly now: () => number;
}
