// What do the client's types cost? Generates a router of 500 procedures with zod inputs and a program that calls each
// of them, once through tRPC's own client and once through Hawser's, and type-checks both with `tsc --singleThreaded`,
// which counts alike in every run. The router is most of it, and the same; so what the clients cost is also shown
// without it.
//
// Usage: node scripts/check-typecost.mjs, after the build. Exit code 1 when Hawser needs more instantiations than its
// budget, as a ratio to tRPC. KEEP=1 leaves the project for a look.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const modules = fileURLToPath(new URL('../node_modules', import.meta.url));
const branches = 25;
const proceduresEach = 20;

/** Instantiations, of router and client together, beside those of tRPC. */
const budget = 1.12;

const compilerOptions = {
  strict: true,
  noEmit: true,
  target: 'es2022',
  module: 'nodenext',
  lib: ['ES2022', 'ESNext.Disposable', 'DOM'],
  types: [],
  skipLibCheck: true,
};

const client = {
  router: '',
  trpc: `import { createTRPCClient, createWSClient, wsLink } from '@trpc/client';
import type { AppRouter } from './router.js';
const api = createTRPCClient<AppRouter>({ links: [wsLink({ client: createWSClient({ url: 'ws://localhost' }) })] });
`,
  hawser: `import { connect, createClient } from '@hawser/client';
import type { AppRouter } from './router.js';
const api = createClient<AppRouter>(connect({ url: 'ws://localhost' }));
`,
};

const folder = mkdtempSync(join(tmpdir(), 'hawser-typecost-'));
try {
  report(project());
} finally {
  if (process.env['KEEP']) console.log(folder);
  else rmSync(folder, { recursive: true });
}

/** A folder for each program, and the router in each. */
function project() {
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  symlinkSync(modules, join(folder, 'node_modules'));
  for (const [name, head] of Object.entries(client)) {
    const program = join(folder, name);
    mkdirSync(program);
    writeFileSync(join(program, 'router.ts'), router());
    if (head) writeFileSync(join(program, 'client.ts'), head + calls());
    writeFileSync(join(program, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
  }
  return { router: check('router'), trpc: check('trpc'), hawser: check('hawser') };
}

/** @param {Record<'router' | 'trpc' | 'hawser', Cost>} costs */
function report({ router, trpc, hawser }) {
  console.log(
    `| ${branches * proceduresEach} procedures | instantiations | without the router's | check, s |`,
  );
  console.log('| --- | --: | --: | --: |');
  for (const [title, cost] of /** @type {const} */ ([
    ['the router alone', router],
    ['tRPC', trpc],
    ['Hawser', hawser],
  ])) {
    const own = cost.instantiations - router.instantiations;
    console.log(
      `| ${title} | ${cost.instantiations.toLocaleString('en')} | ${own.toLocaleString('en')} | ${cost.seconds} |`,
    );
  }
  const ratio = hawser.instantiations / trpc.instantiations;
  console.log(`\nHawser to tRPC: ${ratio.toFixed(3)} (budget ${budget})`);
  if (!(ratio <= budget)) process.exitCode = 1;
}

/**
 * @typedef {{ readonly instantiations: number, readonly seconds: number }} Cost
 * @param {string} name
 * @returns {Cost}
 */
function check(name) {
  const args = ['-p', join(folder, name), '--singleThreaded', '--extendedDiagnostics'];
  const { stdout, status } = spawnSync(join(modules, '.bin/tsc'), args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${name} does not compile:\n${stdout}`);
  return { instantiations: figure(stdout, 'Instantiations'), seconds: figure(stdout, 'Check time') };
}

/**
 * @param {string} output
 * @param {string} name
 */
function figure(output, name) {
  const found = new RegExp(`^${name}:\\s+([\\d.,]+)`, 'm').exec(output)?.[1];
  if (found === undefined) throw new Error(`The compiler does not say ${name}`);
  return Number(found.replaceAll(',', ''));
}

function router() {
  const each = names('branch', branches).map((branch, b) => {
    const procedures = names('procedure', proceduresEach).map((name, p) => procedure(name, b, p));
    return `const ${branch} = t.router({\n${procedures.join('\n')}\n});`;
  });
  return `import { initTRPC } from '@trpc/server';
import { z } from 'zod';
const t = initTRPC.context<{ user: string }>().create();
${each.join('\n')}
const appRouter = t.router({ ${names('branch', branches).join(', ')} });
export type AppRouter = typeof appRouter;
`;
}

/**
 * @param {string} name
 * @param {number} b
 * @param {number} p
 */
function procedure(name, b, p) {
  const input = `z.object({ id: z.number(), name${b}: z.string(), tags${p}: z.array(z.string()).optional() })`;
  const output = `{ id: input.id, label: input.name${b}, user: ctx.user, at${p}: ${b} }`;
  return p % 10 === 9
    ? `${name}: t.procedure.input(${input}).subscription(async function* ({ ctx, input }) { yield ${output}; }),`
    : `${name}: t.procedure.input(${input}).${p % 2 === 0 ? 'query' : 'mutation'}(({ ctx, input }) => (${output})),`;
}

/** Each procedure is called, and what it answers is read. */
function calls() {
  return names('branch', branches)
    .flatMap((branch, b) =>
      names('procedure', proceduresEach).map((name, p) => {
        const input = `{ id: 1, name${b}: 'Ada', tags${p}: [] }`;
        const path = `api.${branch}.${name}`;
        if (p % 10 === 9)
          return `${path}.subscribe(${input}, { onData: (it) => it.label.toUpperCase() + it.at${p}.toFixed() });`;
        const method = p % 2 === 0 ? 'query' : 'mutate';
        return `${path}.${method}(${input}).then((it) => it.label.toUpperCase() + it.at${p}.toFixed());`;
      }),
    )
    .join('\n');
}

/**
 * @param {string} word
 * @param {number} count
 */
function names(word, count) {
  return Array.from({ length: count }, (_, i) => `${word}${i}`);
}
