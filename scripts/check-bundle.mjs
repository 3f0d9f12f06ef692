// Has the client grown? Bundles what a browser loads to connect, make one call and read one subscription, with esbuild,
// minified, and compares its gzip size with a budget. What importing `TRPCClientError` costs anyway is not counted:
// the client's errors are of that class, and whoever uses tRPC has it.
//
// Usage: node scripts/check-bundle.mjs, after the build. Exit code 1 above the budget. `--files` lists what each file
// contributes, minified.
import { relative } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { kilobytes } from '../bench/bundle/bundle.mjs';
import { bundleSize } from '../bench/bundle/bundle-size.mjs';

/** In bytes. Lower it whenever the client gets smaller. */
const budget = 29_800;

const client = await bundleSize('hawser');
const error = await bundleSize('trpc-client-error');
const own = client.gzip - error.gzip;
console.log(
  `The client is ${kilobytes(client.gzip)} kB gzip, ${kilobytes(own)} kB without what TRPCClientError costs alone (budget ${kilobytes(budget)} kB); ${kilobytes(client.later)} kB more are loaded by a client that serves a router.`,
);

if (process.argv.includes('--files')) {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const files = [...client.files].sort(([, a], [, b]) => b - a);
  for (const [file, bytes] of files) console.log(`${String(bytes).padStart(7)} ${relative(root, file)}`);
}
if (own > budget) {
  console.error(`That is ${own - budget} bytes over the budget.`);
  process.exitCode = 1;
}
