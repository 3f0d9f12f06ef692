import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const core = fileURLToPath(new URL('../packages/core/src', import.meta.url));

/**
 * A change that breaks something on purpose: one text of one file of core, by another.
 * @typedef {{ readonly file: string, readonly find: string, readonly replace: string }} Edit
 */

/**
 * Core's constants that are no row of a table: a world gives them values of its own.
 * @type {readonly Edit[]}
 */
const tunings = [
  {
    file: 'session/outgoing.ts',
    find: 'export const wholeLength = 65_536;',
    replace: tunable('wholeLength', 65_536),
  },
  {
    file: 'session/turn-budget.ts',
    find: 'export const turnMs = 4;',
    replace: tunable('turnMs', 4),
  },
  {
    file: 'session/turn-budget.ts',
    find: 'export const clockEvery = 16;',
    replace: tunable('clockEvery', 16),
  },
];

/**
 * A constant of a module that a world sets.
 * @param {string} name
 * @param {number} value
 */
function tunable(name, value) {
  return `export let ${name} = ${value};\n(globalThis.tunings ??= []).push((tuned) => { ${name} = tuned.${name}; });`;
}

/** Bundles the simulation with core's sources, changed where `edits` say so, into a file.
 * @param {string} outfile
 * @param {readonly Edit[]} [edits]
 */
export async function bundle(outfile, edits = []) {
  await build({
    entryPoints: [fileURLToPath(new URL('src/worker.ts', import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: 'inline',
    logLevel: 'error',
    alias: {
      '@hawser/core': join(core, 'index.ts'),
      '@hawser/core/channels': join(core, 'channels/index.ts'),
    },
    plugins: [editing([...tunings, ...edits])],
  });
}

/**
 * How often the text that an edit replaces is there; it has to be once.
 * @param {Edit} edit
 */
export async function occurrences({ file, find }) {
  return (await readFile(join(core, file), 'utf8')).split(find).length - 1;
}

/** @param {readonly Edit[]} edits */
function editing(edits) {
  const open = new Set(edits);
  /** @type {import('esbuild').Plugin} */
  const plugin = {
    name: 'editing',
    setup(build) {
      build.onLoad({ filter: /packages[\\/]core[\\/]src[\\/].*\.ts$/ }, async ({ path }) => {
        let contents = await readFile(path, 'utf8');
        for (const edit of edits) {
          if (relative(core, path) !== edit.file) continue;
          contents = edited(contents, edit);
          open.delete(edit);
        }
        return { contents, loader: 'ts' };
      });
      build.onEnd(() => {
        if (open.size > 0)
          throw new Error(`Not part of the bundle: ${[...open].map((it) => it.file).join(', ')}`);
      });
    },
  };
  return plugin;
}

/**
 * @param {string} text
 * @param {Edit} edit
 */
function edited(text, { file, find, replace }) {
  const parts = text.split(find);
  if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} times, and not once: ${find}`);
  return parts.join(replace);
}
