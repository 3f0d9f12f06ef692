import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const path = (/** @type {string} */ relative) => fileURLToPath(new URL(relative, import.meta.url));

/**
 * The Chromium of the browser tests. They are TypeScript, which Node 20 does not read.
 * @returns {Promise<import('../../test/browser/chromium.ts').LaunchedChromium>}
 */
export async function launchChromium() {
  const folder = path('../../node_modules/.cache/hawser');
  await mkdir(folder, { recursive: true });
  const outfile = `${folder}/chromium.mjs`;
  await build({
    entryPoints: [path('../../test/browser/chromium.ts')],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
  });
  const { launchChromium } = await import(outfile);
  return launchChromium();
}
