import { inOrder, runRounds } from '../rounds.mjs';
import { SpeedPair } from './speed-pair.mjs';

/**
 * All rounds of a scenario, in processes that are started anew after every few, as `main.mjs` says why. Answers a value
 * for each contender and round.
 * @param {import('./speed-scenario.mjs').SpeedScenario} scenario
 * @param {readonly string[]} contenders
 * @param {string} transformer
 */
export async function compare(scenario, contenders, transformer) {
  const { rounds, roundsEach, warmUp, size } = scenario;
  /** @type {Map<string, number[]>} */
  const values = new Map(contenders.map((name) => [name, []]));
  for (let done = 0; done < rounds; done += roundsEach) {
    /** @type {Map<string, SpeedPair>} */
    const pairs = new Map();
    try {
      for (const name of inOrder(contenders, done / roundsEach))
        pairs.set(name, await SpeedPair.start(name, transformer, scenario));
      const sizes = { warmUp, rounds: Math.min(roundsEach, rounds - done), calls: size };
      for (const [name, more] of await runRounds(pairs, sizes)) values.get(name)?.push(...more);
    } finally {
      for (const pair of pairs.values()) await pair.stop();
    }
  }
  return values;
}
