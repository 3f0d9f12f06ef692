import { expect, test } from 'vitest';
import { compareProtocol } from '../check-protocol.mjs';

const markdown = `
## Close codes

<!-- table: close-codes -->

| code | name | when | session | client |
| ---: | :--- | --- | --- | --- |
| 4400 | \`malformed\` | a \\| b | ends | \`redial\` |
| \`4408\` | \`helloTimeout\` | | stays | wait |

<!-- table: message-kinds -->
| message | kind | direction |
|---|---|---|
| \`hello\` | 1 | client |
| \`ack\` | 0x02 | both |

<!-- table: limits -->
| limit | default | unit | announced |
|---|---|---|---|
| \`frameBytes\` | 1 MiB | bytes | yes |
| \`helloMs\` | 10 s | ms | no |
| \`window\` | 65_536 | bytes | yes |

<!-- table: faults -->
| \`code\` | meaning |
|---|---|
| \`LOST\` | gone |
`;

const code = {
  closeCodes: {
    malformed: { code: 4400, session: 'ends', client: 'redial' },
    helloTimeout: { code: 4408, session: 'stays', client: 'wait' },
  },
  messageKinds: { hello: 1, ack: 2 },
  limits: {
    frameBytes: { default: 1_048_576, unit: 'bytes', announced: true },
    helloMs: { default: 10_000, unit: 'ms', announced: false },
    window: { default: 65_536, unit: 'bytes', announced: true },
  },
  faultCodes: { LOST: {} },
};

test('accepts tables that agree', () => {
  expect(compareProtocol(markdown, code)).toEqual([]);
});

test.each([
  [
    'a code that differs',
    markdown.replace('4400', '4401'),
    code,
    /malformed: code is 4401 in PROTOCOL.md, 4400/,
  ],
  ['a word that differs', markdown.replace('| wait |', '| never |'), code, /helloTimeout: client is never/],
  ['a flag that differs', markdown.replace('| no |', '| yes |'), code, /helloMs: announced is yes/],
  ['a kind that differs', markdown, { ...code, messageKinds: { hello: 1, ack: 3 } }, /ack: kind is 0x02/],
  ['a default that differs', markdown.replace('10 s', '9 s'), code, /helloMs: default is 9 s/],
  ['a number nobody can read', markdown.replace('10 s', 'ten'), code, /helloMs: default is ten/],
  [
    'a name only in the page',
    markdown,
    { ...code, faultCodes: {} },
    /LOST is in PROTOCOL.md but not in faultCodes/,
  ],
  [
    'a name only in the code',
    markdown,
    { ...code, faultCodes: { LOST: {}, MORE: {} } },
    /MORE is in faultCodes but not/,
  ],
  [
    'a name given twice',
    markdown.replace('| gone |', '| gone |\n| `LOST` | again |'),
    code,
    /LOST is in PROTOCOL.md twice/,
  ],
  [
    'a name without backticks',
    markdown.replace('`LOST`', 'LOST'),
    { ...code, faultCodes: {} },
    /no name in backticks/,
  ],
  ['a missing column', markdown.replace('| kind |', '| number |'), code, /no column kind/],
  [
    'a missing marker',
    markdown.replace('table: limits', 'limits'),
    code,
    /table limits: PROTOCOL.md has no such marker/,
  ],
  ['a marker without a table', markdown.replace('| limit |', 'text\n| limit |'), code, /no table follows/],
  ['a missing export', markdown, { ...code, limits: undefined }, /does not export limits/],
])('finds %s', (_name, page, exports, expected) => {
  const found = compareProtocol(page, exports);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(expected);
});
