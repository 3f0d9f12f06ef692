import { basename, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

/**
 * What a browser loads to run a program, in bytes. `later` is the gzip size of what it loads only when it needs it;
 * `files` what each file is of `minified`.
 * @typedef {{ gzip: number, minified: number, later: number, readonly files: Map<string, number> }} BundleSize
 */

/**
 * Of one of `entries/`: bundled by esbuild, minified, gzip level 9.
 * @param {string} entry
 * @returns {Promise<BundleSize>}
 */
export async function bundleSize(entry) {
  const { outputFiles, metafile } = await build({
    entryPoints: [fileURLToPath(new URL(`entries/${entry}.mjs`, import.meta.url))],
    bundle: true,
    minify: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    define: { 'process.env.NODE_ENV': '"production"' },
    outdir: 'out',
    write: false,
    metafile: true,
    logLevel: 'error',
  });
  const atOnce = loadedAtOnce(metafile, entry);
  /** @type {BundleSize} */
  const total = { gzip: 0, minified: 0, later: 0, files: new Map() };
  for (const { path, contents } of outputFiles) {
    const gzip = gzipSync(contents, { level: 9 }).length;
    const name = basename(path);
    if (atOnce.has(name)) {
      total.gzip += gzip;
      total.minified += contents.length;
      for (const [file, { bytesInOutput }] of Object.entries(metafile.outputs[`out/${name}`]?.inputs ?? {}))
        total.files.set(resolve(file), bytesInOutput);
    } else total.later += gzip;
  }
  return total;
}

/**
 * The names of the files that the entry's file imports, and those that they do.
 * @param {import('esbuild').Metafile} metafile
 * @param {string} entry
 */
function loadedAtOnce({ outputs }, entry) {
  const names = new Set([`${entry}.js`]);
  for (const name of names) {
    for (const { path, kind } of outputs[`out/${name}`]?.imports ?? [])
      if (kind === 'import-statement') names.add(basename(path));
  }
  return names;
}
