import { cpuScenarios } from './cpu-scenarios.mjs';
import { scenarios } from './scenarios.mjs';

/**
 * @typedef {object} SpeedScenario
 * @property {string} name
 * @property {string} title
 * @property {string} unit
 * @property {'more' | 'less'} better
 * @property {'one' | 'two'} cores Whether both ends share a core, or each has one.
 * @property {import('./load.mjs').Load} load
 * @property {(measured: import('./measured.mjs').Measured) => number} value
 * @property {number} size Of a round; what it counts is the load's.
 * @property {number} warmUp Of the round that is not measured.
 * @property {number} rounds
 * @property {number} roundsEach Made in the same processes.
 * @property {readonly string[]} [node] Options for the server's Node.
 * @property {readonly string[]} [contenders] If not all of them.
 */

/**
 * @param {string} name
 * @returns {SpeedScenario}
 */
export function scenarioOf(name) {
  const scenario = [...scenarios, ...cpuScenarios].find((scenario) => scenario.name === name);
  if (!scenario) throw new Error(`No such scenario: ${name}`);
  return scenario;
}
