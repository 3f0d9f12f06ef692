// What a user gets is the tarball, not the source. For every package this script checks that plain Node imports each
// entry of `exports`, that publint (strict) and arethetypeswrong (ESM only) accept the packed files, and that a
// browser bundle of the client holds neither `ws` nor a builtin of Node. It prints the size of that bundle.
//
// Usage: node scripts/check-packages.mjs, after the build.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const failures = [];

function run(command, args, cwd) {
  const result = spawnSync(command, args, { cwd, encoding: 'utf8', shell: process.platform === 'win32' });
  if (result.status === 0) return;
  failures.push(`${command} ${args.join(' ')}`);
  console.error(`${result.stdout}${result.stderr}`);
}

async function checkBrowserBundle() {
  const result = await build({
    stdin: { contents: "export * from '@hawser/client';", resolveDir: root },
    bundle: true,
    format: 'esm',
    metafile: true,
    minify: true,
    outdir: 'out',
    platform: 'browser',
    // What serves a router of the client is loaded at the first call of the server.
    splitting: true,
    write: false,
    logLevel: 'silent',
  }).catch((error) => failures.push(`browser bundle: ${error.message}`));
  if (!result.outputFiles) return;
  const strays = Object.keys(result.metafile.inputs).filter((path) =>
    /node_modules\/ws\/|dist\/node\.js/.test(path),
  );
  if (strays.length > 0) failures.push(`browser bundle holds ${strays.join(', ')}`);
  const [{ contents }] = result.outputFiles;
  console.log(
    `@hawser/client in a browser: ${contents.length} B, ${brotliCompressSync(contents).length} B brotli`,
  );
}

const license = readFileSync(`${root}LICENSE`, 'utf8');
for (const folder of readdirSync(`${root}packages`)) {
  const cwd = `${root}packages/${folder}`;
  const manifest = JSON.parse(readFileSync(`${cwd}/package.json`, 'utf8'));
  for (const entry of Object.keys(manifest.exports)) {
    const specifier = entry.replace('.', manifest.name);
    run(process.execPath, ['--input-type=module', '-e', `await import('${specifier}')`], root);
  }
  if (!existsSync(`${cwd}/LICENSE`) || readFileSync(`${cwd}/LICENSE`, 'utf8') !== license) {
    failures.push(`packages/${folder}/LICENSE differs from LICENSE`);
  }
  run('npx', ['--no-install', 'publint', '--strict'], cwd);
  run('npx', ['--no-install', 'attw', '--pack', '.', '--profile', 'esm-only'], cwd);
}
await checkBrowserBundle();

for (const failure of failures) console.error(`failed: ${failure}`);
console.log(failures.length === 0 ? 'packages: ok' : `packages: ${failures.length} failure(s)`);
process.exitCode = failures.length === 0 ? 0 : 1;
