// Writes docs/speed.md, and the charts beside it, from `page.md` and the results that `npm run bench -- ... --write` has
// kept. A table stands between `<!-- bench: name -->` and `<!-- /bench -->`; the rest of the page is as it is.
// Usage: node bench/speed/report.mjs
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import process from 'node:process';
import { bundles, bundleTable } from '../bundle/bundle.mjs';
import { barChart } from './bar-chart.mjs';
import { overview } from './overview.mjs';
import { savedResults } from './results.mjs';
import { scenarios } from './scenarios.mjs';
import { speedTable } from './speed-table.mjs';

const template = new URL('page.md', import.meta.url);
const page = new URL('../../docs/speed.md', import.meta.url);
const charts = new URL('../../docs/speed/', import.meta.url);

const versioned = [
  'ws',
  '@trpc/server',
  '@orpc/server',
  'capnweb',
  'socket.io',
  'graphql-ws',
  'graphql',
  '@replit/river',
  'zod',
];
const packed = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));

const results = await savedResults();
const weighed = bundleTable(await bundles(true));
const text = await readFile(template, 'utf8');
const filled = text.replace(
  /(<!-- bench: ([\w.-]+) -->\n)[\s\S]*?(<!-- \/bench -->)/g,
  (_, head, name, tail) => `${head}\n${section(name)}\n\n${tail}`,
);
await writeFile(page, filled);

await mkdir(charts, { recursive: true });
const known = new Set(scenarios.map(({ name }) => name));
for (const result of results) {
  if (!known.has(result.scenario) || result.transformer !== 'none') continue;
  if (result.rows.some(({ contender }) => contender === 'bare-ws'))
    await writeFile(new URL(`${result.scenario}.svg`, charts), barChart(result));
}

/** @param {string} name */
function section(name) {
  if (name === 'bundle') return weighed;
  if (name === 'setting') return setting();
  if (name === 'overview') return overview(results.filter(({ transformer }) => transformer === 'none'));
  if (name === 'overview.superjson')
    return overview(results.filter(({ transformer }) => transformer === 'superjson'));
  const result = results.find(({ scenario, transformer }) =>
    transformer === 'none' ? scenario === name : `${scenario}.${transformer}` === name,
  );
  if (result) return speedTable(result);
  console.error(`No result for ${name}`);
  process.exitCode = 1;
  return 'Not measured yet.';
}

/** Which machines and which versions the results are from. */
function setting() {
  const machines = new Set(results.map(({ node, machine }) => `Node ${node}, ${machine}`));
  const versions = versioned.map((name) => `${name} ${packed.dependencies[name]}`);
  return `${[...machines].join('; ')}. ${versions.join(', ')}.`;
}
