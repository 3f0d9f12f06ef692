// Does the quick start of the README work for somebody who has only the README? This script packs the packages,
// installs the tarballs in an empty project outside the repository, copies the code blocks of the section
// "Quick start", compiles them under `strict` and runs them with Node.
//
// How the section is read: a code block whose first line is a comment with a file name (`// server.ts`) is that file;
// `sh` blocks are ignored. `server.ts` and `client.ts` must exist; the client must exit with 0 by itself. What it
// has to print is either a block tagged `text` (all of its output) or, without one, the comments after its
// `console.log(...);` calls (`// hi Ada`), which must appear in that order. The port is replaced by a free one.
//
// Usage: node scripts/check-quickstart.mjs, after the build. KEEP=1 leaves the project for a look.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const START_MS = 15_000;
const RUN_MS = 30_000;

const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const version = (name) => devDependencies[name].replace(/^npm:.*@/, '');
const DEPENDENCIES = [
  `@trpc/server@${version('@trpc/server')}`,
  `@trpc/client@${version('@trpc/client')}`,
  `zod@${version('zod')}`,
  `typescript@${version('@typescript/native')}`,
  `@types/node@${version('@types/node')}`,
];

const COMPILER_OPTIONS = {
  strict: true,
  target: 'es2022',
  module: 'nodenext',
  rewriteRelativeImportExtensions: true,
  skipLibCheck: true,
  types: ['node'],
  rootDir: '.',
  outDir: 'out',
};

function run(command, args, cwd) {
  const result = spawnSync(command, args, { cwd, encoding: 'utf8', shell: process.platform === 'win32' });
  if (result.status !== 0) throw new Error(`${command} ${args.join(' ')}\n${result.stdout}${result.stderr}`);
  return result.stdout;
}

function readQuickStart(markdown) {
  const section = /^#+ Quick start\s*\n([\s\S]*?)(?=^##? |(?![\s\S]))/im.exec(
    stripHeadingsInCode(markdown),
  )?.[1];
  if (section === undefined) throw new Error('README.md has no section "Quick start"');
  const files = new Map();
  let output;
  for (const [, tag, body] of section.matchAll(/^```(\w*)[^\n]*\n([\s\S]*?)^```\s*$/gm)) {
    const text = body.replaceAll(HASH, '#');
    const name = /^\/\/ ([\w./-]+\.[a-z]+)\s*(?:\n|:)/.exec(text)?.[1];
    if (tag === 'text') output = text.trim();
    else if (name) files.set(name, text);
  }
  for (const name of ['server.ts', 'client.ts']) {
    if (!files.has(name)) throw new Error(`the quick start has no block that begins with // ${name}`);
  }
  return { files, output };
}

/** A line of code may begin with `# `; only real headings may end the section. */
const HASH = '\u0000';
function stripHeadingsInCode(markdown) {
  return markdown.replace(/^```[\s\S]*?^```\s*$/gm, (block) => block.replaceAll('#', HASH));
}

function expectedLines({ files, output }) {
  if (output !== undefined) return undefined;
  const found = [...files.get('client.ts').matchAll(/console\.log\(.*\);?\s*\/\/ (.+)$/gm)].map((match) =>
    match[1].trim(),
  );
  if (found.length === 0) throw new Error('the quick start does not say what the client prints');
  return found;
}

function checkOutput(printed, quickStart) {
  const expected = expectedLines(quickStart);
  if (!expected) {
    if (printed.trim() !== quickStart.output)
      throw new Error(`expected\n${quickStart.output}\nbut got\n${printed}`);
    return;
  }
  let from = 0;
  for (const line of expected) {
    const at = printed.indexOf(line, from);
    if (at < 0) throw new Error(`the client did not print "${line}" in its place; it printed\n${printed}`);
    from = at + line.length;
  }
}

async function freePort() {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

async function untilListening(port, server) {
  const deadline = Date.now() + START_MS;
  while (Date.now() < deadline) {
    if (server.child.exitCode !== null) throw new Error(`the server ended by itself\n${server.printed()}`);
    const socket = connect(port, 'localhost');
    const open = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (open) return;
    await delay(50);
  }
  throw new Error(`the server did not listen within ${START_MS} ms\n${server.printed()}`);
}

function start(file, cwd) {
  const child = spawn(process.execPath, [file], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    printed += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    errors += text;
  });
  return { child, ended: once(child, 'close'), stdout: () => printed, printed: () => printed + errors };
}

async function runClient(folder) {
  const client = start('out/client.js', folder);
  const timeout = setTimeout(() => client.child.kill('SIGKILL'), RUN_MS);
  const [code, signal] = await client.ended;
  clearTimeout(timeout);
  if (signal) throw new Error(`the client did not end within ${RUN_MS} ms\n${client.printed()}`);
  if (code !== 0) throw new Error(`the client ended with ${code}\n${client.printed()}`);
  return client.stdout();
}

async function runBoth(folder, port, quickStart) {
  const server = start('out/server.js', folder);
  try {
    await untilListening(port, server);
    checkOutput(await runClient(folder), quickStart);
  } finally {
    server.child.kill();
    await server.ended;
  }
}

async function writeProject(folder, quickStart) {
  const named = /wss?:\/\/[\w.]+:(\d+)/.exec(quickStart.files.get('client.ts'))?.[1];
  if (!named) throw new Error('client.ts names no ws:// address with a port');
  const port = await freePort();
  for (const [name, text] of quickStart.files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text.replaceAll(new RegExp(`\\b${named}\\b`, 'g'), String(port)));
  }
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'quickstart', private: true, type: 'module' }),
  );
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: COMPILER_OPTIONS,
      files: [...quickStart.files.keys()].filter((f) => /\.tsx?$/.test(f)),
    }),
  );
  return port;
}

function install(folder) {
  const tarballs = readdirSync(join(root, 'packages')).map((name) => {
    const packed = run('npm', ['pack', '--json', '--pack-destination', folder], join(root, 'packages', name));
    return `./${JSON.parse(packed.slice(packed.indexOf('[')))[0].filename}`;
  });
  run(
    'npm',
    ['install', '--prefer-offline', '--no-audit', '--no-fund', ...tarballs, ...DEPENDENCIES],
    folder,
  );
}

const folder = mkdtempSync(join(tmpdir(), 'hawser-quickstart-'));
try {
  const quickStart = readQuickStart(readFileSync(join(root, 'README.md'), 'utf8'));
  const port = await writeProject(folder, quickStart);
  install(folder);
  run(process.execPath, [join('node_modules', 'typescript', 'bin', 'tsc')], folder);
  await runBoth(folder, port, quickStart);
  console.log('quick start: ok');
} finally {
  if (process.env.KEEP) console.log(`kept ${folder}`);
  else rmSync(folder, { recursive: true, force: true });
}
