import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { compileFunction } from 'node:vm';
import type { BuildOptions } from 'esbuild';
import { build } from 'esbuild';

export const reactVersions = ['19', '18'] as const;
export type ReactVersion = (typeof reactVersions)[number];

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
const source = (relative: string): string => path(`../../../packages/${relative}`);
const installed = (name: string): string => path(`../../../node_modules/${name}`);

const older = { react: installed('react18'), 'react-dom': installed('react-dom18') };

/** The script of the page on the packages' sources, with React's development build: only that one mounts twice. */
export function bundlePage(version: ReactVersion): Promise<string> {
  const client = source('client/src/index.ts');
  return bundle('page.tsx', version, client, { format: 'esm', platform: 'browser' });
}

/** Renders a scene as a server does: in Node, with no page in sight. */
export async function bundleServer(version: ReactVersion): Promise<(scene: string) => string> {
  const client = source('client/src/node.ts');
  const code = await bundle('render-page.tsx', version, client, { format: 'cjs', platform: 'node' });
  const module: { exports: { renderPage?: (scene: string) => string } } = { exports: {} };
  compileFunction(code, ['module', 'require'])(module, createRequire(import.meta.url));
  const { renderPage } = module.exports;
  if (!renderPage) throw new Error('The server was not built');
  return renderPage;
}

async function bundle(
  entry: string,
  version: ReactVersion,
  client: string,
  options: BuildOptions,
): Promise<string> {
  const { outputFiles } = await build({
    ...options,
    entryPoints: [path(entry)],
    bundle: true,
    write: false,
    target: 'es2022',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"development"' },
    alias: {
      ...(version === '18' ? older : {}),
      '@hawser/client': client,
      '@hawser/react': source('react/src/index.ts'),
      '@hawser/core/trpc': source('core/src/trpc/index.ts'),
      '@hawser/core': source('core/src/index.ts'),
    },
  });
  const [file] = outputFiles ?? [];
  if (!file) throw new Error(`${entry} was not built`);
  return file.text;
}
