import type { Mood } from './ends/moods.ts';
import type { EventLoop } from './loop/event-loop.ts';
import type { SeededRandom } from './loop/seeded-random.ts';
import type { Trace } from './loop/trace.ts';
import type { Judge } from './model/judge.ts';
import type { Network } from './network/network.ts';
import type { Plan } from './plan.ts';
import type { Tally } from './tally.ts';

/** What all parts of a world share. */
export interface WorldParts {
  readonly plan: Plan;
  readonly loop: EventLoop;
  readonly random: SeededRandom;
  /** For all that concerns channels: nothing else in a world depends on how often it is asked. */
  readonly channelRandom: SeededRandom;
  readonly trace: Trace;
  readonly judge: Judge;
  readonly network: Network;
  readonly tally: Tally;
  /** Of the next dials' contexts, one each. */
  readonly moods: Mood[];
}
