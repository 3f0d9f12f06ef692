import { ratios, spread } from '../rounds.mjs';
import { bare, floor } from './speed-contender.mjs';
import { scenarioOf } from './speed-scenario.mjs';

/**
 * As Markdown: medians, and ratios within a round with the quartiles between which half of the rounds lie.
 * @param {import('./results.mjs').Result} result
 */
export function speedTable({ scenario, rows }) {
  const { unit } = scenarioOf(scenario);
  const bases = [bare, floor].flatMap((name) => rows.find(({ contender }) => contender === name) ?? []);
  const head = ['contender', `${unit}, median`, ...bases.map(({ title }) => `to ${title}`)];
  const lines = rows.map(({ title, values }) => [
    title,
    number(spread(values).median),
    ...bases.map((base) => ratio(spread(ratios(values, base.values)))),
  ]);
  const rule = head.map((_, i) => (i === 0 ? '---' : '--:'));
  return [head, rule, ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** @param {ReturnType<typeof spread>} spread */
function ratio({ median, lower, upper }) {
  return `${short(median)} (${short(lower)} to ${short(upper)})`;
}

/** @param {number} value */
export function short(value) {
  if (value < 0.1) return value.toPrecision(2);
  return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}

/** @param {number} value */
export function number(value) {
  return value < 100 ? short(value) : Math.round(value).toLocaleString('en');
}
