import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import process from 'node:process';

const folder = new URL('results/', import.meta.url);

/**
 * What one scenario measured: a value for each round.
 * @typedef {object} Result
 * @property {string} scenario
 * @property {string} transformer
 * @property {readonly Row[]} rows
 */

/** @typedef {{ readonly contender: string, readonly title: string, readonly values: readonly number[] }} Row */

/** @typedef {Result & { readonly node: string, readonly machine: string }} SavedResult */

/**
 * Keeps it in `results/`, which `report.mjs` writes the docs from.
 * @param {Result} result
 */
export async function save(result) {
  await mkdir(folder, { recursive: true });
  const machine = `${cpus()[0]?.model.trim()}, ${cpus().length} cores`;
  const suffix = result.transformer === 'none' ? '' : `.${result.transformer}`;
  /** @type {SavedResult} */
  const saved = { ...result, node: process.version, machine };
  const json = JSON.stringify(saved, (_, value) => (typeof value === 'number' ? rounded(value) : value), 2);
  await writeFile(new URL(`${result.scenario}${suffix}.json`, folder), `${json}\n`);
}

/** @returns {Promise<SavedResult[]>} */
export async function savedResults() {
  const names = await readdir(folder);
  const texts = names.sort().map((name) => readFile(new URL(name, folder), 'utf8'));
  return (await Promise.all(texts)).map((text) => JSON.parse(text));
}

/** @param {number} value */
function rounded(value) {
  return Number(value.toPrecision(5));
}
