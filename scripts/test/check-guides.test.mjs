import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { checkGuides, readBlocks } from '../check-guides.mjs';

const made = [];
afterEach(() => {
  for (const root of made.splice(0)) rmSync(root, { recursive: true, force: true });
});

function check(files) {
  const root = mkdtempSync(join(tmpdir(), 'hawser-guides-test-'));
  made.push(root);
  for (const [path, lines] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), lines.join('\n'));
  }
  return checkGuides(root);
}

const block = (...lines) => ['```ts', ...lines, '```', ''];

test('reads the blocks of a page with their lines, names and preambles', () => {
  const page = [
    '# Page',
    ...block('// server.ts', 'export const n = 1;'),
    '```sh',
    'ls',
    '```',
    '<!-- preamble: other -->',
    '```tsx',
    'const a = <b />;',
    '```',
  ].join('\n');
  expect(readBlocks(page)).toEqual([
    { preamble: undefined, file: 'server.ts', text: '// server.ts\nexport const n = 1;\n', line: 3 },
    { preamble: 'other', file: 'line-12.tsx', text: 'const a = <b />;\n', line: 12 },
  ]);
});

test('accepts blocks that compile, alone, with another of their page, and with a preamble', {
  timeout: 60_000,
}, () => {
  const errors = check({
    'README.md': [
      ...block('// server.ts', 'export type N = number;'),
      ...block("import type { N } from './server.js';", 'export const n: N = 1;'),
    ],
    'docs/guide/calls.md': [
      ...block('const own: string = api;'),
      ...block('const api = 1;', 'const own: number = api;'),
      '<!-- preamble: other -->',
      ...block('const own: boolean = api;'),
    ],
    'scripts/guides/calls.ts': ['declare global {', '  const api: string;', '}', 'export {};'],
    'scripts/guides/other.ts': ['declare global {', '  const api: boolean;', '}', 'export {};'],
  });
  expect(errors).toEqual([]);
});

test('names the line of what does not compile, and a preamble that nobody uses', { timeout: 60_000 }, () => {
  const errors = check({
    'README.md': ['# Title', ...block('const fine = 1;', 'const wrong: string = fine;')],
    'docs/guide/calls.md': [...block('render();')],
    'scripts/guides/calls.ts': ['const wrong: string = 1;', 'export {};'],
    'scripts/guides/old.ts': ['export {};'],
  });
  expect(errors).toEqual([
    'scripts/guides/old.ts: no block uses it',
    expect.stringMatching(/^README\.md:4: error TS2322/),
    expect.stringMatching(/^docs\/guide\/calls\.md:2: error TS2304: Cannot find name 'render'/),
    expect.stringMatching(/^scripts\/guides\/calls\.ts:1: error TS2322/),
  ]);
});
