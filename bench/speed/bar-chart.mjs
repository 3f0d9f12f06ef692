import { ratios, spread } from '../rounds.mjs';
import { bare } from './speed-contender.mjs';
import { scenarioOf } from './speed-scenario.mjs';
import { short } from './speed-table.mjs';

const width = 640;
const labels = 210;
const numbers = 60;
const row = 26;
const top = 44;
const bottom = 8;

/** A bar that is longer than so many of bare `ws` is cut: what is next to it must stay readable. */
const longest = 4;

const style = `
text { font: 13px system-ui, sans-serif; fill: #1f2328; }
.note { font-size: 11px; fill: #59636e; }
.bar { fill: #a3adb8; }
.own { fill: #1f6feb; }
.bare { fill: #6e7781; }
.line { stroke: #59636e; fill: none; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; }
  .note { fill: #9198a1; }
  .bar { fill: #4d5763; }
  .own { fill: #4493f8; }
  .bare { fill: #7d8590; }
  .line { stroke: #9198a1; }
}`;

/**
 * An SVG of ratios to bare `ws`, with the quartiles; legible on a light page and on a dark one.
 * @param {import('./results.mjs').Result} result
 */
export function barChart({ scenario, rows }) {
  const { title, better } = scenarioOf(scenario);
  const base = rows.find(({ contender }) => contender === bare)?.values ?? [];
  const spreads = rows.map((it) => ({ ...it, ...spread(ratios(it.values, base)) }));
  const end = Math.min(Math.max(...spreads.map(({ upper }) => upper)), longestOf(spreads));
  const scale = (width - labels - numbers) / end;
  const height = top + row * rows.length + bottom;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}">`,
    `<style>${style}\n</style>`,
    `<text x="0" y="16">${escaped(title)}</text>`,
    `<text x="0" y="34" class="note">times bare ws, ${better} is better</text>`,
    ...spreads.map((it, i) => bar(it, top + i * row, scale, end)),
    '</svg>\n',
  ].join('\n');
}

/** @param {readonly { contender: string, upper: number }[]} spreads */
function longestOf(spreads) {
  const own = spreads.filter(({ contender }) => contender === 'hawser').map(({ upper }) => upper * 1.5);
  return Math.max(longest, ...own);
}

/**
 * @param {import('./results.mjs').Row & ReturnType<typeof spread>} it
 * @param {number} y
 * @param {number} scale
 * @param {number} end
 */
function bar({ contender, title, median, lower, upper }, y, scale, end) {
  const kind = contender.startsWith('hawser') ? 'own' : contender.startsWith(bare) ? 'bare' : 'bar';
  const length = Math.max(1, Math.min(median, end) * scale);
  const middle = y + row / 2 - 2;
  const [from, to] = [lower, upper].map((at) => labels + Math.min(at, end) * scale);
  return [
    `<text x="${labels - 8}" y="${y + 15}" text-anchor="end">${escaped(title.replaceAll('`', ''))}</text>`,
    `<rect class="${kind}" x="${labels}" y="${y + 2}" width="${length.toFixed(1)}" height="${row - 8}" rx="2"/>`,
    median > end
      ? `<text x="${width - numbers - 14}" y="${y + 15}" text-anchor="end">…</text>`
      : `<path class="line" d="M${from?.toFixed(1)} ${middle}H${to?.toFixed(1)}"/>`,
    `<text x="${(Math.max(labels + length, to ?? 0) + 8).toFixed(1)}" y="${y + 15}">${short(median)}</text>`,
  ].join('\n');
}

/** @param {string} text */
function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
