import { readFile } from 'node:fs/promises';

/** Rows of the comparison. */
const shown = 12;

/** How many of each class there are on a heap, and their own bytes. @typedef {Map<string, { count: number, bytes: number }>} Census */

/**
 * Counts a heap snapshot by constructor; what has none, by what it is.
 * @param {string} path
 * @returns {Promise<Census>}
 */
export async function takeCensus(path) {
  const { snapshot, nodes, strings } = JSON.parse(await readFile(path, 'utf8'));
  /** @type {string[]} */
  const fields = snapshot.meta.node_fields;
  /** @type {string[]} */
  const types = snapshot.meta.node_types[0];
  const [typeAt = 0, nameAt = 0, sizeAt = 0] = ['type', 'name', 'self_size'].map((field) =>
    fields.indexOf(field),
  );
  /** @type {Census} */
  const census = new Map();
  for (let at = 0; at < nodes.length; at += fields.length) {
    const type = types[nodes[at + typeAt]] ?? '?';
    const name = classOf(type, strings[nodes[at + nameAt]]);
    const entry = census.get(name) ?? { count: 0, bytes: 0 };
    entry.count++;
    entry.bytes += nodes[at + sizeAt];
    census.set(name, entry);
  }
  return census;
}

/**
 * @param {string} type
 * @param {string} name
 */
function classOf(type, name) {
  if (type === 'object' || type === 'native') return name;
  if (type === 'closure') return `(closure) ${name}`;
  return `(${type})`;
}

/**
 * What grew most, as Markdown.
 * @param {Census} early
 * @param {Census} late
 */
export function growth(early, late) {
  const none = { count: 0, bytes: 0 };
  const rows = [...late].map(([name, { count, bytes }]) => {
    const before = early.get(name) ?? none;
    return { name, before, count, bytes, grown: bytes - before.bytes };
  });
  rows.sort((a, b) => b.grown - a.grown);
  return [
    '| what grew most | count, early | at the end | bytes, early | at the end |',
    '|---|--:|--:|--:|--:|',
    ...rows
      .slice(0, shown)
      .map(
        ({ name, before, count, bytes }) =>
          `| ${name.slice(0, 60)} | ${before.count} | ${count} | ${before.bytes} | ${bytes} |`,
      ),
  ].join('\n');
}
