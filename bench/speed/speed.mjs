import { pinned } from '../processes.mjs';
import { compare } from './compare.mjs';
import { save } from './results.mjs';
import { isPeer, loadSpeedContender, own, peers } from './speed-contender.mjs';
import { scenarioOf } from './speed-scenario.mjs';
import { speedTable } from './speed-table.mjs';

/** What has a transformer, or needs none for it. */
const rich = ['bare-ws', 'bare-ws-batched', 'hawser', 'hawser-link', 'trpc', 'orpc', 'capnweb', 'socket-io'];

/**
 * @typedef {object} SpeedOptions
 * @property {boolean} peers Also the libraries of others.
 * @property {string | undefined} only Names of contenders, with commas between them, instead of all.
 * @property {import('./speed-contender.mjs').Transformer} transformer
 * @property {number | undefined} rounds
 * @property {boolean} write Keep the result for `docs`.
 */

/**
 * Measures one scenario and prints its table.
 * @param {string} name
 * @param {SpeedOptions} options
 */
export async function speed(name, options) {
  const scenario = scenarioOf(name);
  const contenders = contendersOf(scenario, options);
  const rounds = options.rounds ?? scenario.rounds;
  const values = await compare({ ...scenario, rounds }, contenders, options.transformer);
  const titles = await Promise.all(contenders.map(async (name) => (await loadSpeedContender(name)).title));
  const result = {
    scenario: name,
    transformer: options.transformer,
    rows: contenders.map((contender, i) => ({
      contender,
      title: titles[i] ?? contender,
      values: values.get(contender) ?? [],
    })),
  };
  console.log(`${rounds} rounds, ${scenario.roundsEach} in the same processes. ${cores(scenario)}`);
  if (options.transformer !== 'none') console.log('With superjson.');
  console.log(`\n${speedTable(result)}\n`);
  if (options.write) await save(result);
}

/**
 * @param {import('./speed-scenario.mjs').SpeedScenario} scenario
 * @param {SpeedOptions} options
 */
function contendersOf({ contenders: all = [...own, ...peers] }, options) {
  const wanted = options.only?.split(',') ?? (options.peers ? all : all.filter((name) => !isPeer(name)));
  return options.transformer === 'none' ? wanted : wanted.filter((name) => rich.includes(name));
}

/** @param {import('./speed-scenario.mjs').SpeedScenario} scenario */
function cores({ cores }) {
  if (!pinned) return 'NOT PINNED (no taskset): ratios are not comparable.';
  return cores === 'one' ? 'Both ends are pinned to one core.' : 'Each end is pinned to a core of its own.';
}
