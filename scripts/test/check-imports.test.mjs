import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { checkImports } from '../check-imports.mjs';

const made = [];
afterEach(() => {
  for (const root of made.splice(0)) rmSync(root, { recursive: true, force: true });
});

function check(files) {
  const root = mkdtempSync(join(tmpdir(), 'hawser-imports-'));
  made.push(root);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return checkImports(root);
}

/** Spelled apart so that this file does not itself import the entry. */
const unstable = '@trpc/server/unstable-' + 'core-do-not-import';

const lawful = {
  'packages/core/src/globals.d.ts': 'declare class AbortSignal {}',
  'packages/core/src/index.ts': "export { Peer } from './rpc/peer.js';",
  'packages/core/src/wire/codes.ts': 'export const codes = {};',
  'packages/core/src/wire/frame.ts': "import { codes } from './codes.js';\nexport type Frame = typeof codes;",
  'packages/core/src/session/session.ts':
    "import type { Frame } from '../wire/frame.js';\nexport type S = Frame;",
  'packages/core/src/rpc/peer.ts':
    "import type { S } from '../session/session.js';\nexport class Peer { s?: S }",
  'packages/core/src/trpc/dispatch.ts':
    "import { callTRPCProcedure } from '@trpc/server';\nimport { Peer } from '../rpc/peer.js';\nexport const dispatch = [callTRPCProcedure, Peer];",
  'packages/adapter-node/src/index.ts':
    "import { createServer } from 'node:http';\nimport { Peer } from '@hawser/core';\nimport { WebSocketServer } from 'ws';\nexport const all = [createServer, Peer, WebSocketServer];",
  'packages/client/src/index.ts':
    "import { Peer } from '@hawser/core';\nimport { type TRPCLink } from '@trpc/client';\nexport { Peer, type TRPCLink };",
  'packages/client/src/node.ts':
    "import { WebSocket } from 'ws';\nexport * as all from './index.js';\nexport { WebSocket };",
  'packages/client/src/trpc.ts':
    "import { TRPCClientError } from '@trpc/client';\nexport { TRPCClientError };",
  'conformance/server.mjs': "import { serve } from '@hawser/adapter-node';\nserve();",
  'conformance/peer.ts': "import { WebSocket } from 'ws';\nexport { WebSocket };",
  'conformance/hello.test.ts': "import { WebSocket } from './peer.ts';\nvoid WebSocket;",
};

test('accepts a tree that keeps the rules', () => {
  expect(check(lawful)).toEqual([]);
});

const violations = [
  [
    'an upward arrow',
    'packages/core/src/wire/up.ts',
    "import '../session/session.js';",
    /wire may not import layer session/,
  ],
  [
    'an upward type import',
    'packages/core/src/session/up.ts',
    "import type { Peer } from '../rpc/peer.js';",
    /session may not import layer rpc/,
  ],
  [
    'an upward import type node',
    'packages/core/src/rpc/up.ts',
    "export type D = import('../trpc/dispatch.js').D;",
    /rpc may not import layer trpc/,
  ],
  [
    'an upward dynamic import',
    'packages/core/src/rpc/up.ts',
    "void import('../trpc/dispatch.js');",
    /rpc may not import layer trpc/,
  ],
  [
    'a re-export of the index',
    'packages/core/src/trpc/up.ts',
    "export * from '../index.js';",
    /trpc may not import layer index/,
  ],
  [
    'tRPC outside its layer',
    'packages/core/src/rpc/t.ts',
    "import type { AnyTRPCRouter } from '@trpc/server';",
    /rpc may not import @trpc\/server/,
  ],
  [
    'a builtin of Node in core',
    'packages/core/src/wire/n.ts',
    "import 'node:buffer';",
    /wire may not import node:buffer/,
  ],
  [
    'a sibling package in core',
    'packages/core/src/rpc/c.ts',
    "import '@hawser/client';",
    /rpc may not import @hawser\/client/,
  ],
  [
    'the client in the adapter',
    'packages/adapter-node/src/c.ts',
    "import '@hawser/client';",
    /adapter may not import @hawser\/client/,
  ],
  [
    'the adapter in the client',
    'packages/client/src/a.ts',
    "import '@hawser/adapter-node';",
    /browser may not import @hawser\/adapter-node/,
  ],
  ['ws in the browser entry', 'packages/client/src/w.ts', "import 'ws';", /browser may not import ws/],
  [
    'the Node entry from the browser entry',
    'packages/client/src/b.ts',
    "import './node.js';",
    /browser may not import layer node/,
  ],
  [
    'values of @trpc/client elsewhere',
    'packages/client/src/v.ts',
    "import { TRPCClientError } from '@trpc/client';",
    /imports values of @trpc\/client/,
  ],
  [
    'a path into another package',
    'packages/client/src/p.ts',
    "import '../../core/src/rpc/peer.js';",
    /leaves the package's src/,
  ],
  ['a file in no layer', 'packages/core/src/utils.ts', 'export {};', /belongs to no layer/],
  ['a package without rules', 'packages/new/src/index.ts', 'export {};', /no rules for this package/],
  [
    'an import that resolves to nothing',
    'packages/core/src/wire/m.ts',
    "import './gone.js';",
    /cannot resolve/,
  ],
  [
    'a workspace package in the conformance suite',
    'conformance/a.test.ts',
    "import '@hawser/core';",
    /conformance suite may not import/,
  ],
  [
    'a path out of the conformance suite',
    'conformance/a.test.ts',
    "import '../packages/core/src/index.ts';",
    /conformance suite may not import/,
  ],
  [
    'the server script in the conformance suite',
    'conformance/a.test.ts',
    "import './server.mjs';",
    /conformance suite may not import/,
  ],
  ['an unstable entry in code', 'bench/a.mjs', `import '${unstable}';`, /unstable entry/],
  [
    'an unstable entry in a test',
    'packages/client/test/a.test.ts',
    `void import('${unstable}');`,
    /unstable entry/,
  ],
  [
    'an unstable entry in documentation',
    'docs/a.md',
    `\`\`\`ts\nimport { x } from '${unstable}';\n\`\`\``,
    /unstable entry/,
  ],
];

test.each(violations)('finds %s', (_name, path, text, expected) => {
  const found = check({ ...lawful, [path]: text });
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(expected);
  expect(found[0]).toContain(path.startsWith('packages/new') ? 'packages/new' : path);
});

test('finds a cycle, also one of types', () => {
  const found = check({
    ...lawful,
    'packages/core/src/wire/a.ts': "import type { B } from './b.js';\nexport type A = B;",
    'packages/core/src/wire/b.ts': "import type { C } from './c.js';\nexport type B = C;",
    'packages/core/src/wire/c.ts': "import type { A } from './a.js';\nexport type C = A;",
  });
  expect(found).toEqual([
    'cycle: packages/core/src/wire/a.ts -> packages/core/src/wire/b.ts -> packages/core/src/wire/c.ts -> packages/core/src/wire/a.ts',
  ]);
});
