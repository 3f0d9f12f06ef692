import { scenario as latency } from './latency.mjs';

/** @type {import('../contender.mjs').Scenario} */
export const scenario = {
  ...latency,
  title: 'What resume costs: latency with one call in flight',
  baseline: 'hawser-window-off',
  others: ['hawser-window-off-too'],
  bar: 1.02,
  defaults: { warmUp: 10_000, rounds: 60, roundsEach: 5, calls: 4000, profiled: 60_000 },
};
