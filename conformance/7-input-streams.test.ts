import { expect } from 'vitest';
import { streamRows } from './attachments.ts';
import { someBytes } from './binary.ts';
import { dataOf, errorCode, hello, type Json, Kind, newKey } from './frames.ts';
import { callWith, failure, itemsOf, sendItems, take, upTo, windowOf } from './own-streams.ts';
import type { RawClient } from './raw-client.ts';
import { release } from './resuming.ts';
import { expectClosed, expectServes, suite } from './suite.ts';
import { defaultLimit } from './tables.ts';

const calls = 8;

const test = suite();
const tight = suite({ limits: { calls } });

const firstItems = defaultLimit('firstItems');
const firstBytes = defaultLimit('firstBytes');

async function ran(client: RawClient, key: string): Promise<Json | undefined> {
  return client.ask('query', 'ran', key);
}

// What arrives

test('the input of a call may be a stream', async ({ open }) => {
  const client = await open();
  const call = callWith(client, 'query', 'sum', null, []);
  client.send(itemsOf(call.stream, 10));
  client.send([[Kind.end, call.stream]]);
  expect(dataOf(await call.final())).toBe(45);
});

test('items may follow in the frame of their call', async ({ open }) => {
  const client = await open();
  client.send([[Kind.query, 1, 'sum', null, { streams: [[[], -1]] }], ...itemsOf(-1, 10), [Kind.end, -1]]);
  expect(dataOf(await client.final(1))).toBe(45);
});

test('a stream may come before welcome', async ({ dial, open }) => {
  const gate = newKey();
  const client = await dial();
  client.send(hello({ params: { gate } }));
  const call = callWith(client, 'query', 'sum', null, []);
  client.send([...itemsOf(call.stream, 10), [Kind.end, call.stream]]);
  await release(await open(), gate);
  expect(dataOf(await call.final())).toBe(45);
});

test('a stream may have no items', async ({ open }) => {
  const key = newKey();
  const client = await open();
  const call = take(client, key);
  client.send([[Kind.end, call.stream]]);
  expect(dataOf(await call.final())).toBe(0);
  expect(await ran(client, key)).toEqual(['complete']);
});

test('items of any value are taken in their order, while the stream goes on', async ({ open }) => {
  const client = await open();
  const call = callWith(client, 'subscription', 'follow', null, []);
  const values: Json[] = [1, 'two', null, [3], { four: 4 }, false];
  for (const [index, value] of values.entries()) {
    client.send([[Kind.item, call.stream, value]]);
    const items = await client.items(call.id, 2 * index + 2);
    expect(items.slice(-2).map(dataOf)).toEqual([value, value]);
  }
  client.send([[Kind.end, call.stream]]);
  await call.final();
});

test('items without data are undefined', async ({ open }) => {
  const client = await open();
  const call = callWith(client, 'subscription', 'follow', null, []);
  client.send([
    [Kind.item, call.stream],
    [Kind.item, call.stream, null, null, { void: 1 }],
    [Kind.end, call.stream],
  ]);
  await call.final();
  expect(client.itemsOf(call.id).map(dataOf)).toEqual(upTo(4).map(() => undefined));
});

test('several streams, wherever they are, go on beside each other', async ({ open }) => {
  const client = await open();
  const call = callWith(client, 'query', 'zip', { left: null, right: [null] }, ['right', 0], ['left']);
  const [right = 0, left = 0] = call.streams;
  client.send([
    [Kind.item, right, 'a'],
    [Kind.item, left, 1],
    [Kind.item, left, 2],
  ]);
  client.send([
    [Kind.item, right, 'b'],
    [Kind.end, right],
    [Kind.end, left],
  ]);
  expect(dataOf(await call.final())).toEqual([
    [1, 'a'],
    [2, 'b'],
  ]);
});

test('the input of a subscription may be a stream', async ({ open }) => {
  const client = await open();
  const call = callWith(client, 'subscription', 'follow', null, []);
  client.send(itemsOf(call.stream, 3));
  const items = await client.items(call.id, 6);
  expect(items.map(dataOf)).toEqual([0, 0, 1, 1, 2, 2]);
  client.send([[Kind.end, call.stream]]);
  expect((await call.final())[0]).toBe(Kind.end);
});

test('a result may be a stream that is made of that of the input', async ({ open }) => {
  const client = await open();
  const call = callWith(client, 'query', 'relay', null, []);
  const source = streamRows(await call.final())[0]?.id ?? 0;
  client.send(itemsOf(call.stream, 3));
  expect((await client.items(source, 6)).map(dataOf)).toEqual([0, 0, 1, 1, 2, 2]);
  client.send([[Kind.end, call.stream]]);
  expect((await client.final(source))[0]).toBe(Kind.end);
});

test('items may hold bytes, and may come in parts', async ({ open }) => {
  const client = await open();
  const call = callWith(client, 'subscription', 'follow', null, []);
  const bytes = someBytes(1_000);
  const item = (length: number): Json => [
    Kind.item,
    call.stream,
    { data: null },
    null,
    { bytes: [[['data'], 'u8', length]] },
  ];
  client.sendBytes([item(bytes.length), [Kind.item, call.stream, 'plain']], bytes);
  client.sendParts(item(100_000), 30_000, someBytes(100_000));
  client.send([[Kind.end, call.stream]]);
  for (const [count, length] of [
    [2, 1_000],
    [6, 100_000],
  ] as const) {
    const items = await client.items(call.id, count);
    expect(client.sections(items[count - 1] ?? [0, 0]).map((each) => each.length)).toEqual([length]);
    client.send([[Kind.credit, call.id, count]]);
  }
  await call.final();
});

test('bytes and streams may be in one input', async ({ open }) => {
  const key = newKey();
  const client = await open();
  const message: Json = [
    Kind.mutation,
    1,
    'take',
    { key, items: null, extra: null },
    { bytes: [[['extra'], 'u8', 3]], streams: [[['items'], -1]] },
  ];
  client.sendBytes([message, [Kind.item, -1, 'x'], [Kind.end, -1]], someBytes(3));
  expect(dataOf(await client.final(1))).toBe(1);
});

test('a call in parts may hold a stream', async ({ open }) => {
  const key = newKey();
  const client = await open();
  client.sendParts([Kind.mutation, 1, 'take', { key, items: null }, { streams: [[['items'], -1]] }], 20);
  client.send([...itemsOf(-1, 3), [Kind.end, -1]]);
  expect(dataOf(await client.final(1))).toBe(3);
});

test('a gap does not end a stream', async ({ open }) => {
  const client = await open();
  const call = callWith(client, 'query', 'sum', null, []);
  client.send([
    [Kind.item, call.stream, 1],
    [Kind.gap, call.stream, 'dropped', 3],
    [Kind.item, call.stream, 2],
  ]);
  client.send([[Kind.end, call.stream]]);
  expect(dataOf(await call.final())).toBe(3);
});

// How a stream ends

test('a stream that ends with an error never looks complete', async ({ open }) => {
  const key = newKey();
  const client = await open();
  const call = take(client, key);
  client.send([...itemsOf(call.stream, 2), [Kind.error, call.stream, failure('the source failed')]]);
  expect((await call.final())[0]).toBe(Kind.error);
  expect(await ran(client, key)).toEqual([0, 1, expect.stringContaining('the source failed')]);
  await expectServes(client);
});

test('what comes for a stream that has ended is ignored', async ({ open }) => {
  const key = newKey();
  const client = await open();
  const call = take(client, key, { gated: true });
  client.send([...itemsOf(call.stream, 1), [Kind.end, call.stream], ...itemsOf(call.stream, 2, 1)]);
  client.send([
    [Kind.end, call.stream],
    [Kind.error, call.stream, failure('late')],
    [Kind.gap, call.stream, 'dropped'],
  ]);
  for (const index of [0, 1]) await release(client, `${key} ${index}`);
  expect(dataOf(await call.final())).toBe(1);
  expect(await ran(client, key)).toEqual([0, 'complete']);
});

test('a handler that takes no more cancels its stream, and goes on', async ({ open }) => {
  const key = newKey();
  const client = await open();
  const call = take(client, key, { most: 3 });
  client.send(itemsOf(call.stream, 10));
  await client.cancelled(call.stream);
  expect(dataOf(await call.final())).toBe(3);
  expect(await ran(client, key)).toEqual([0, 1, 2]);
  // What crossed the cancel, and the end that its sender owes.
  client.send([...itemsOf(call.stream, 10, 10), [Kind.end, call.stream]]);
  await client.settle();
});

test('a stream that nobody reads is cancelled at the end of its call', async ({ open }) => {
  const key = newKey();
  const client = await open();
  const call = callWith(client, 'mutation', 'ignore', { key, items: null }, ['items']);
  client.send(itemsOf(call.stream, 3));
  await client.settle();
  expect(client.demands(call.stream)).toEqual([]);
  await release(client, key);
  expect(dataOf(await call.final())).toBe('ignored');
  await client.cancelled(call.stream);
  client.send([[Kind.end, call.stream]]);
  await expectServes(client);
});

test('a stream that has ended is not cancelled with its call', async ({ open }) => {
  const client = await open();
  const call = callWith(client, 'query', 'sum', null, []);
  client.send([...itemsOf(call.stream, 3), [Kind.end, call.stream]]);
  await call.final();
  await client.settle();
  expect(client.demands(call.stream).filter(([kind]) => kind === Kind.cancel)).toEqual([]);
});

test.for([
  ['NOT_FOUND', 'query', 'nope', { items: null }],
  ['BAD_REQUEST', 'mutation', 'take', { key: 5, items: null }],
] as const)(
  'the stream of a call that fails with %s is cancelled',
  async ([code, name, path, input], { open }) => {
    const client = await open();
    const call = callWith(client, name, path, input, ['items']);
    client.send(itemsOf(call.stream, 3));
    expect(errorCode(await call.final())).toBe(code);
    await client.cancelled(call.stream);
    client.send([...itemsOf(call.stream, 3), [Kind.end, call.stream]]);
    await expectServes(client);
  },
);

test('the stream of a call whose timeout passes is cancelled', async ({ open }) => {
  const key = newKey();
  const client = await open();
  const id = client.nextId();
  const stream = client.nextStream();
  client.send([
    [Kind.mutation, id, 'take', { key, items: null }, { timeout: 50, streams: [[['items'], stream]] }],
    [Kind.item, stream, 0],
  ]);
  await client.cancelled(stream);
  client.send([[Kind.end, stream]]);
  expect(errorCode(await client.final(id))).toBe('TIMEOUT');
  expect(await ran(client, key)).not.toContain('complete');
});

test('a caller that cancels its call ends its streams with an error: none looks complete', async ({
  open,
}) => {
  const key = newKey();
  const client = await open();
  const call = take(client, key);
  client.send(itemsOf(call.stream, 2));
  client.send([
    [Kind.cancel, call.id],
    [Kind.error, call.stream, failure('cancelled')],
  ]);
  await call.final();
  expect(await client.ask('query', 'whenAborted', key)).toBe(true);
  expect(await client.ask('query', 'whenEnded', key)).toBe(true);
  expect(await ran(client, key)).not.toContain('complete');
  await client.settle();
  expect(client.of(call.id)).toHaveLength(1);
});

test('a stream that is cancelled with its call does not look complete, whatever comes of it', async ({
  open,
}) => {
  const key = newKey();
  const client = await open();
  const call = take(client, key);
  client.send(itemsOf(call.stream, 2));
  client.send([[Kind.cancel, call.id]]);
  client.send([[Kind.end, call.stream]]);
  await call.final();
  expect(await client.ask('query', 'whenEnded', key)).toBe(true);
  expect(await ran(client, key)).not.toContain('complete');
});

test('a session that ends takes its streams with it: none looks complete', async ({ open }) => {
  const key = newKey();
  const [witness, client] = [await open(), await open()];
  const call = take(client, key);
  client.send(itemsOf(call.stream, 2));
  await client.ping();
  await client.leave();
  expect(await witness.ask('query', 'whenEnded', key)).toBe(true);
  expect(await ran(witness, key)).not.toContain('complete');
});

// Credit

test('credit is granted for what was consumed, for as long as the stream goes on', async ({ open }) => {
  const client = await open();
  const call = callWith(client, 'query', 'sum', null, []);
  const total = 20 * firstItems;
  await sendItems(client, call.stream, total);
  client.send([[Kind.end, call.stream]]);
  expect(dataOf(await call.final())).toBe((total * (total - 1)) / 2);
});

test('a handler that stops taking gives no credit, and other calls go on', async ({ open }) => {
  const key = newKey();
  const client = await open();
  const call = take(client, key, { gated: true });
  client.send(itemsOf(call.stream, firstItems));
  await client.settle();
  const consumed = client.demands(call.stream).map(([, , count]) => Number(count));
  expect(Math.max(0, ...consumed)).toBe(0);
  expect(await ran(client, key)).toEqual([]);
  for (const index of upTo(firstItems + 1)) await release(client, `${key} ${index}`);
  await client.credited(call.stream, firstItems / 2);
  client.send([[Kind.end, call.stream]]);
  expect(dataOf(await call.final())).toBe(firstItems);
});

test('the window is for items that were not consumed, not for those of the whole stream', async ({
  open,
}) => {
  const key = newKey();
  const client = await open();
  const call = take(client, key, { gated: true });
  client.send(itemsOf(call.stream, firstItems));
  for (const index of upTo(firstItems)) await release(client, `${key} ${index}`);
  const [, , consumed] = await client.credited(call.stream, firstItems / 2);
  client.send(itemsOf(call.stream, Number(consumed), firstItems));
  await expectServes(client);
  client.send([[Kind.cancel, call.id]]);
  await release(client, `${key} ${firstItems}`);
  await call.final();
});

test('more items than the window that nobody consumed are too many', async ({ open }) => {
  const key = newKey();
  const client = await open();
  const call = callWith(client, 'mutation', 'ignore', { key, items: null }, ['items']);
  client.send(itemsOf(call.stream, firstItems));
  await client.settle();
  client.send(itemsOf(call.stream, windowOf(client, call.stream) - firstItems + 1));
  await expectClosed(client, 'too-many');
  expect(await (await open()).ask('query', 'whenAborted', key)).toBe(true);
});

test('one item may pass the byte window', async ({ open }) => {
  const key = newKey();
  const client = await open();
  const call = take(client, key, { gated: true });
  client.send([[Kind.item, call.stream, 'x'.repeat(firstBytes + 1)]]);
  client.send([[Kind.end, call.stream]]);
  for (const index of [0, 1]) await release(client, `${key} ${index}`);
  expect(dataOf(await call.final())).toBe(1);
});

test('many streams at once, each in its own window', async ({ open }) => {
  const client = await open();
  const streams = upTo(50).map(() => callWith(client, 'query', 'sum', null, []));
  const total = 4 * firstItems;
  await Promise.all(streams.map(({ stream }) => sendItems(client, stream, total)));
  for (const { stream } of streams) client.send([[Kind.end, stream]]);
  for (const call of streams) expect(dataOf(await call.final())).toBe((total * (total - 1)) / 2);
});

// Ids and tables

test.for([
  [
    'in one call',
    [
      [
        1,
        1,
        'zip',
        { left: null, right: [null] },
        {
          streams: [
            [['left'], -1],
            [['right', 0], -1],
          ],
        },
      ],
    ],
  ],
  [
    'in two calls',
    [
      [1, 1, 'sum', null, { streams: [[[], -1]] }],
      [1, 2, 'sum', null, { streams: [[[], -1]] }],
    ],
  ],
] as [string, Json[]][])(
  'the same id for two streams that go on is a bad id: %s',
  async ([, messages], { open }) => {
    const client = await open();
    for (const message of messages) client.send([message]);
    await expectClosed(client, 'bad-id');
  },
);

test('ids of streams need no order', async ({ open }) => {
  const client = await open();
  for (const [id, stream] of [-7, -3, -1_000, -Number.MAX_SAFE_INTEGER, -1].entries()) {
    client.send([
      [Kind.query, id + 1, 'sum', null, { streams: [[[], stream]] }],
      ...itemsOf(stream, 3),
      [Kind.end, stream],
    ]);
    expect(dataOf(await client.final(id + 1))).toBe(3);
  }
});

const rows: readonly Json[] = [
  null,
  -1,
  {},
  [],
  [[]],
  [[], 0],
  [[], 1],
  [[], -0.5],
  [[], '-1'],
  [[], null],
  [[], -(2 ** 53)],
  ['', -1],
  [null, -1],
  [[null], -1],
  [[{}], -1],
  [[], -1, 0],
];

test.for(rows.map((row) => [JSON.stringify(row), row] as const))(
  'a table of streams with the row %s is malformed',
  async ([, row], { open }) => {
    const client = await open();
    client.send([[Kind.query, 1, 'sum', null, { streams: [row] }]]);
    await expectClosed(client, 'malformed');
  },
);

test.for([null, 'rows', {}, -1])('a table of streams that is %j is malformed', async (streams, { open }) => {
  const client = await open();
  client.send([[Kind.query, 1, 'sum', null, { streams }]]);
  await expectClosed(client, 'malformed');
});

test.for([
  [{ items: 1 }, ['items']],
  [{}, ['items']],
  [{ items: null }, ['items', 'more']],
  [[null], ['0']],
  [{}, ['__proto__']],
] as [Json, (string | number)[]][])(
  'the input %j with a stream at %j is a bad request, and its stream is cancelled',
  async ([input, path], { open }) => {
    const client = await open();
    const call = callWith(client, 'query', 'typeOf', input, path);
    expect(errorCode(await call.final())).toBe('BAD_REQUEST');
    await client.cancelled(call.stream);
    client.send([[Kind.end, call.stream]]);
    await expectServes(client);
  },
);

// Limits

tight('more streams than calls are too many', async ({ open }) => {
  const client = await open();
  client.acknowledge(Number.POSITIVE_INFINITY);
  const streams = upTo(calls).map(() => client.nextStream());
  const items = (ids: readonly number[]): Json => [
    Kind.query,
    client.nextId(),
    'typeOf',
    ids.map(() => null),
    { streams: ids.map((id, index) => [[index], id]) },
  ];
  client.send([items(streams), ...streams.map((id) => [Kind.end, id])]);
  await client.final(1);
  client.send([items(upTo(calls + 1).map(() => client.nextStream()))]);
  await expectClosed(client, 'too-many');
});

tight('streams of calls in flight are counted together', async ({ open }) => {
  const key = newKey();
  const client = await open();
  client.acknowledge(Number.POSITIVE_INFINITY);
  const input = { left: null, right: [null] };
  for (let count = 0; count < calls; count += 2) {
    callWith(client, 'query', 'zip', input, ['left'], ['right', 0]);
  }
  await client.ping();
  take(client, key);
  await expectClosed(client, 'too-many');
});

tight('the stream of a call beyond those in flight is cancelled', async ({ open }) => {
  const key = newKey();
  const [witness, client] = [await open(), await open()];
  client.acknowledge(Number.POSITIVE_INFINITY);
  for (const _ of upTo(calls)) client.call('query', 'slow', { key });
  const call = take(client, newKey());
  client.send(itemsOf(call.stream, 3));
  expect(errorCode(await call.final())).toBe('TOO_MANY_REQUESTS');
  await client.cancelled(call.stream);
  client.send([[Kind.end, call.stream]]);
  await release(witness, key);
  await client.when('every answer', () => client.finals().length === calls + 1 || undefined);
});
