import { tickScenario } from '../tick-scenario.mjs';

/** The most that counting and acknowledging can cost: a frame for each item, and none the other way to tell it in. */
export const scenario = tickScenario({
  title: 'What resume costs: CPU time of client and server, a stream with a frame for each item',
  apart: true,
  defaults: { warmUp: 20_000, rounds: 60, roundsEach: 5, calls: 20_000, profiled: 400_000 },
});
