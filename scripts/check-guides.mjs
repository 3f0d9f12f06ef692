// Does the code in the guides compile? Every block tagged `ts` or `tsx` in README.md and docs/guide/*.md is compiled
// under `strict` against the built packages, in a temporary project that borrows the repository's node_modules.
//
// How a page is read: each block is a module of its own. One whose first line is a comment with a file name
// (`// server.ts`) gets that name, so that other blocks of its page can import it. What the blocks of a page take for
// granted (`api`, `render`) is declared in scripts/guides/<page>.ts, as globals, which a block's own declarations
// hide. A block that takes other things for granted names its preamble in a comment right above it:
// `<!-- preamble: name -->` is scripts/guides/name.ts.
//
// Usage: node scripts/check-guides.mjs, after the build. Exit code 1 and one line per error. KEEP=1 leaves the project
// for a look.
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';

const modules = fileURLToPath(new URL('../node_modules', import.meta.url));

const COMPILER_OPTIONS = {
  strict: true,
  noEmit: true,
  target: 'es2022',
  module: 'nodenext',
  lib: ['ES2022', 'ESNext.Disposable', 'DOM', 'DOM.Iterable', 'DOM.AsyncIterable'],
  types: ['node'],
  jsx: 'react-jsx',
  skipLibCheck: true,
};

const BLOCK =
  /^(?:<!-- preamble: ([\w-]+) -->[ \t]*\n\s*)?[ \t]*```(tsx?)[^\n]*\n([\s\S]*?)^[ \t]*```[ \t]*$/gm;

/** @returns {string[]} one line per error, empty when everything compiles */
export function checkGuides(root) {
  const folder = mkdtempSync(join(tmpdir(), 'hawser-guides-'));
  try {
    symlinkSync(modules, join(folder, 'node_modules'), 'junction');
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
    const projects = readProjects(root);
    const preambles = readdirSync(join(root, 'scripts/guides')).map((file) => basename(file, '.ts'));
    const idle = preambles.filter((name) => !projects.has(name));
    return [
      ...idle.map((name) => `scripts/guides/${name}.ts: no block uses it`),
      ...[...projects].flatMap(([name, blocks]) => compile(root, join(folder, name), name, blocks)),
    ];
  } finally {
    if (process.env.KEEP) console.log(`kept ${folder}`);
    else rmSync(folder, { recursive: true, force: true });
  }
}

/** The blocks of a page, or of several, by the preamble that they share. */
function readProjects(root) {
  const guides = readdirSync(join(root, 'docs/guide')).filter((file) => file.endsWith('.md'));
  const projects = new Map();
  for (const page of ['README.md', ...guides.map((file) => `docs/guide/${file}`)]) {
    const own = basename(page, '.md').toLowerCase();
    for (const block of readBlocks(readFileSync(join(root, page), 'utf8'))) {
      const name = block.preamble ?? own;
      projects.set(name, [...(projects.get(name) ?? []), { ...block, page }]);
    }
  }
  return projects;
}

/** `line` is that of the block's first line of code, from 1. */
export function readBlocks(markdown) {
  return [...markdown.matchAll(BLOCK)].map(({ 0: all, 1: preamble, 2: tag, 3: text, index }) => {
    const line = markdown.slice(0, index + all.indexOf(`\`\`\`${tag}`)).split('\n').length + 1;
    const file = /^\/\/ ([\w-]+\.tsx?)\s*\n/.exec(text)?.[1] ?? `line-${line}.${tag}`;
    return { preamble, file, text, line };
  });
}

function compile(root, folder, name, blocks) {
  mkdirSync(folder);
  const preamble = `scripts/guides/${name}.ts`;
  const files = blocks.map(({ file }) => file);
  for (const { file, text } of blocks) writeFileSync(join(folder, file), `${text}\nexport {};\n`);
  if (existsSync(join(root, preamble))) {
    copyFileSync(join(root, preamble), join(folder, 'preamble.ts'));
    files.push('preamble.ts');
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: COMPILER_OPTIONS, files }));
  const tsc = join(modules, '@typescript/native/bin/tsc');
  const { status, stdout, stderr } = spawnSync(process.execPath, [tsc, '-p', folder, '--pretty', 'false'], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (status === 0) return [];
  if (stdout === '') throw new Error(`The compiler did not run: ${stderr}`);
  return stdout
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => locate(line, preamble, blocks));
}

/** What the compiler says of a file of the project, as said of the page that it came from. */
function locate(message, preamble, blocks) {
  const [, file, line, rest] = /^([\w.-]+)\((\d+),\d+\): (.*)$/.exec(message) ?? [];
  if (file === 'preamble.ts') return `${preamble}:${line}: ${rest}`;
  const block = blocks.find((it) => it.file === file);
  return block ? `${block.page}:${block.line + Number(line) - 1}: ${rest}` : message;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const errors = checkGuides(fileURLToPath(new URL('..', import.meta.url)));
  for (const line of errors) console.error(line);
  console.log(errors.length === 0 ? 'guides: ok' : `guides: ${errors.length} error(s)`);
  process.exitCode = errors.length === 0 ? 0 : 1;
}
