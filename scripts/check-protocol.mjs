// PROTOCOL.md is normative and the code holds the same closed sets as tables. Two copies drift unless something
// compares them. In PROTOCOL.md a Markdown table follows a marker such as `<!-- table: close-codes -->`; the code side
// is an export of the built @hawser/core. Names (first column, or the one headed `name`, in backticks) must be the same
// on both sides, and so must the columns listed in TABLES.
//
// Usage: node scripts/check-protocol.mjs, after the build. Exit code 1 and one line per difference.
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** `columns`: heading in PROTOCOL.md -> how to read the same value from an entry of the exported table. */
export const TABLES = [
  {
    marker: 'close-codes',
    export: 'closeCodes',
    columns: {
      code: (entry) => entry.code,
      session: (entry) => entry.session,
      client: (entry) => entry.client,
    },
  },
  { marker: 'message-kinds', export: 'messageKinds', columns: { kind: (entry) => entry } },
  {
    marker: 'limits',
    export: 'limits',
    columns: {
      default: (entry) => entry.default,
      unit: (entry) => entry.unit,
      announced: (entry) => (entry.announced ? 'yes' : 'no'),
    },
  },
  { marker: 'faults', export: 'faultCodes', columns: {} },
];

const UNITS = {
  '': 1,
  B: 1,
  bytes: 1,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  ms: 1,
  s: 1000,
  min: 60_000,
  h: 3_600_000,
};

/** @returns {string[]} one line per difference, empty when both sides agree */
export function compareProtocol(markdown, code) {
  return TABLES.flatMap((table) => {
    const say = (text) => `table ${table.marker}: ${text}`;
    const exported = code[table.export];
    const parsed = parseTable(markdown, table.marker);
    if (exported === undefined) return [say(`@hawser/core does not export ${table.export}`)];
    if (parsed.error) return [say(parsed.error)];
    return compareTable(table, parsed, exported).map(say);
  });
}

function compareTable(table, parsed, exported) {
  const found = Object.keys(table.columns)
    .filter((column) => !parsed.headings.includes(column))
    .map((column) => `PROTOCOL.md has no column ${column}`);
  if (found.length > 0) return found;
  const seen = new Set();
  for (const row of parsed.rows) {
    if (row.name === undefined) found.push(`a row has no name in backticks: ${row.line}`);
    else if (seen.has(row.name)) found.push(`${row.name} is in PROTOCOL.md twice`);
    else if (!Object.hasOwn(exported, row.name))
      found.push(`${row.name} is in PROTOCOL.md but not in ${table.export}`);
    else found.push(...compareRow(table, row, exported[row.name]));
    seen.add(row.name);
  }
  for (const name of Object.keys(exported)) {
    if (!seen.has(name)) found.push(`${name} is in ${table.export} but not in PROTOCOL.md`);
  }
  return found;
}

function compareRow(table, row, entry) {
  return Object.entries(table.columns).flatMap(([column, read]) => {
    const coded = read(entry);
    const written = typeof coded === 'number' ? parseNumber(row.cells[column]) : plain(row.cells[column]);
    if (written === coded) return [];
    return [`${row.name}: ${column} is ${row.cells[column]} in PROTOCOL.md, ${coded} in ${table.export}`];
  });
}

function parseTable(markdown, marker) {
  const lines = markdown.split(/\r?\n/);
  const isMarker = (line) => line.trim() === `<!-- table: ${marker} -->`;
  const start = lines.findIndex(isMarker);
  if (start < 0) return { error: 'PROTOCOL.md has no such marker' };
  if (lines.findLastIndex(isMarker) !== start) return { error: 'PROTOCOL.md has this marker twice' };
  const first = lines.findIndex((line, index) => index > start && line.trim() !== '');
  const block = [];
  for (let index = first; index > 0 && lines[index]?.trim().startsWith('|'); index++)
    block.push(lines[index]);
  if (block.length < 2 || !/^\s*\|[\s:|-]+\|\s*$/.test(block[1]))
    return { error: 'no table follows the marker' };
  const headings = splitRow(block[0]).map((cell) => plain(cell).toLowerCase());
  const nameColumn = Math.max(0, headings.indexOf('name'));
  const rows = block.slice(2).map((line) => {
    const cells = splitRow(line);
    const name = /`([^`]+)`/.exec(cells[nameColumn] ?? '')?.[1];
    return {
      line,
      name,
      cells: Object.fromEntries(headings.map((heading, index) => [heading, cells[index] ?? ''])),
    };
  });
  return { headings, rows };
}

function splitRow(line) {
  return line
    .trim()
    .replace(/^\||\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());
}

function plain(cell) {
  return cell.replaceAll('`', '').trim();
}

/** `4408`, `1_048_576`, `1 048 576`, `1 MiB`, `30 s`, hexadecimal, or `Infinity`; NaN for anything else. */
function parseNumber(cell) {
  const text = plain(cell);
  if (/^0x[\da-f]+$/i.test(text)) return Number(text);
  if (text === 'Infinity') return Number.POSITIVE_INFINITY;
  const match = /^(-?\d[\d _,]*(?:\.\d+)?)\s*([A-Za-z]*)$/.exec(text);
  const unit = match && UNITS[match[2]];
  return unit ? Number(match[1].replace(/[ _,]/g, '')) * unit : Number.NaN;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const fromRoot = (path) => new URL(`../${path}`, import.meta.url);
  const code = await import(fromRoot('packages/core/dist/index.js').href);
  const differences = compareProtocol(readFileSync(fileURLToPath(fromRoot('PROTOCOL.md')), 'utf8'), code);
  for (const line of differences) console.error(line);
  console.log(differences.length === 0 ? 'protocol: ok' : `protocol: ${differences.length} difference(s)`);
  process.exitCode = differences.length === 0 ? 0 : 1;
}
