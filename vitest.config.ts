import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (path: string): string => fileURLToPath(new URL(`./packages/${path}`, import.meta.url));

const report = process.env['HAWSER_TEST_REPORT'];

export default defineConfig({
  resolve: {
    alias: [
      { find: /^@hawser\/core$/, replacement: source('core/src/index.ts') },
      { find: /^@hawser\/core\/trpc$/, replacement: source('core/src/trpc/index.ts') },
      { find: /^@hawser\/core\/channels$/, replacement: source('core/src/channels/index.ts') },
      { find: /^@hawser\/adapter-node$/, replacement: source('adapter-node/src/index.ts') },
      { find: /^@hawser\/client$/, replacement: source('client/src/node.ts') },
      { find: /^@hawser\/client\/trpc$/, replacement: source('client/src/trpc.ts') },
      { find: /^@hawser\/react$/, replacement: source('react/src/index.ts') },
    ],
  },
  test: {
    passWithNoTests: false,
    reporters: report ? ['default', ['json', { outputFile: report }]] : ['default'],
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['packages/*/test/**/*.test.ts', 'scripts/test/**/*.test.mjs', 'chaos/test/**/*.test.mjs'],
          // No test measures time; this only ends one that hangs, also on a busy machine.
          testTimeout: 20_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'types',
          include: [],
          typecheck: {
            enabled: true,
            only: true,
            checker: 'tsc',
            include: ['packages/*/test/**/*.test-d.ts'],
            tsconfig: './tsconfig.types.json',
          },
        },
      },
      {
        extends: true,
        test: {
          name: 'sockets',
          include: ['test/sockets/**/*.test.ts'],
          testTimeout: 20_000,
        },
      },
      {
        // No alias: this suite knows PROTOCOL.md and a socket, nothing of the packages.
        test: {
          name: 'conformance',
          include: ['conformance/**/*.test.ts'],
          testTimeout: 20_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
