import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/**
 * The script of a page, as a user's bundler would make it.
 * @param {string} entry
 */
export async function pageScript(entry) {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`page/${entry}`, import.meta.url))],
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    target: 'es2022',
    define: { 'process.env.NODE_ENV': '"production"' },
  });
  const [file] = outputFiles;
  if (!file) throw new Error(`${entry} was not built`);
  return file.text;
}
