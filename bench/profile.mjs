import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pair } from './processes.mjs';

/** Microseconds between two samples. */
const interval = 100;

const shown = 25;

/**
 * Runs a contender's two ends under V8's profiler and answers where their time went, as Markdown. They are not
 * pinned to one core: there, a write that wakes the other end would have that end's time as its own.
 * @param {{ contender: string, scenario: string }} names
 * @param {number} calls
 */
export async function profile(names, calls) {
  const folder = await mkdtemp(join(tmpdir(), 'hawser-bench-'));
  const pair = await Pair.start(names, (role) => [
    '--cpu-prof',
    `--cpu-prof-dir=${folder}`,
    `--cpu-prof-name=${role}.cpuprofile`,
    `--cpu-prof-interval=${interval}`,
  ]);
  try {
    await pair.measure(calls);
  } finally {
    await pair.stop();
  }
  const parts = [`Profiles of ${calls} calls, start and warm-up included: ${folder}`];
  for (const role of ['client', 'server']) {
    const text = await readFile(join(folder, `${role}.cpuprofile`), 'utf8');
    parts.push(`### ${names.contender}, ${role}`, table(JSON.parse(text), calls));
  }
  return parts.join('\n\n');
}

/**
 * @typedef {object} CpuProfile
 * @property {readonly { id: number, callFrame: { functionName: string, url: string, lineNumber: number } }[]} nodes
 * @property {readonly number[]} samples
 * @property {readonly number[]} timeDeltas
 */

/**
 * @param {CpuProfile} profile
 * @param {number} calls
 */
function table({ nodes, samples, timeDeltas }, calls) {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  /** @type {Map<string, number>} */
  const selfTimes = new Map();
  samples.forEach((id, i) => {
    const name = names.get(id) ?? '?';
    // A sample lasts until the next one.
    selfTimes.set(name, (selfTimes.get(name) ?? 0) + Math.max(0, timeDeltas[i + 1] ?? 0));
  });
  const total = [...selfTimes].reduce((sum, [name, time]) => (name === '(idle)' ? sum : sum + time), 0);
  const rows = [...selfTimes].sort(([, a], [, b]) => b - a).slice(0, shown);
  return [
    '| function | self, µs a call | of what is not idle |',
    '|---|--:|--:|',
    ...rows.map(([name, time]) => {
      const share = name === '(idle)' ? '' : `${((time / total) * 100).toFixed(1)} %`;
      return `| ${name} | ${(time / calls).toFixed(2)} | ${share} |`;
    }),
  ].join('\n');
}

/** @param {CpuProfile['nodes'][number]['callFrame']} callFrame */
function nameOf({ functionName, url, lineNumber }) {
  const place = url.replace(/^.*\/(packages|node_modules|bench)\//, '').replace('/dist/', '/');
  return `${functionName || '(anonymous)'}${place === '' ? '' : ` ${place}:${lineNumber + 1}`}`;
}
