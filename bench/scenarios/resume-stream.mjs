import { tickScenario } from '../tick-scenario.mjs';

export const scenario = tickScenario({
  title: 'What resume costs: CPU time of client and server, a stream as fast as it is read',
  apart: false,
  defaults: { warmUp: 200_000, rounds: 60, roundsEach: 5, calls: 200_000, profiled: 2_000_000 },
});
