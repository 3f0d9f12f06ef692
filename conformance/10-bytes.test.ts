import { expect } from 'vitest';
import { bytesFrame, bytesText, someBytes } from './binary.ts';
import { dataOf, errorCode, type Frame, hello, type Json, Kind, newKey, optionsOf } from './frames.ts';
import type { RawClient } from './raw-client.ts';
import { release } from './resuming.ts';
import { expectClosed, expectServes, suite } from './suite.ts';
import { closeCode, defaultLimit } from './tables.ts';

const valueBytes = 4_096;
const messageBytes = 16_384;

const test = suite();
const tight = suite({ limits: { messageBytes, valueBytes } });

const ada = { name: 'Ada' };

/** A query whose input holds bytes: `rows` is their table. */
function query(id: number, path: string, input: Json, ...rows: Json[]): Json {
  return [Kind.query, id, path, input, { bytes: rows }];
}

const weigh = (id: number, length: Json): Json => query(id, 'weigh', null, [[], 'u8', length]);

// Inputs

test.for([
  ['u8', [[], 'u8', 3], { type: 'u8', bytes: [1, 2, 3], plain: true }],
  ['buffer', [[], 'buffer', 3], { type: 'buffer', bytes: [1, 2, 3] }],
  ['blob', [[], 'blob', 3, 'image/png'], { type: 'blob', mime: 'image/png', bytes: [1, 2, 3] }],
  [
    'file',
    [[], 'file', 3, 'image/png', 'é.png', 1_700_000_000_000],
    { type: 'file', mime: 'image/png', name: 'é.png', modified: 1_700_000_000_000, bytes: [1, 2, 3] },
  ],
] as [string, Json, Json][])('bytes of type %s come as what they are', async ([, row, seen], { open }) => {
  const client = await open();
  client.sendBytes([query(1, 'describe', null, row)], Uint8Array.of(1, 2, 3));
  expect(dataOf(await client.final(1))).toEqual(seen);
});

test('paths lead through objects and arrays, and sections are in the order of the table', async ({
  open,
}) => {
  const client = await open();
  const input = { a: [1, null, { '0': null }], b: null, nil: null };
  const rows = [
    [['b'], 'buffer', 1],
    [['a', 2, '0'], 'u8', 2],
    [['a', 1], 'blob', 0, ''],
  ];
  client.sendBytes([query(1, 'describe', input, ...rows)], Uint8Array.of(1), Uint8Array.of(2, 3));
  expect(dataOf(await client.final(1))).toEqual({
    a: [1, { type: 'blob', mime: '', bytes: [] }, { '0': { type: 'u8', bytes: [2, 3], plain: true } }],
    b: { type: 'buffer', bytes: [1] },
    nil: null,
  });
});

test('sections are in the order of the messages of their frame', async ({ open }) => {
  const client = await open();
  const messages: Frame = [weigh(1, 2), [Kind.query, 2, 'greet', ada], weigh(3, 0), weigh(4, 3)];
  client.sendBytes(messages, someBytes(2), someBytes(3));
  for (const [id, length] of [
    [1, 2],
    [3, 0],
    [4, 3],
  ] as const) {
    expect(dataOf(await client.final(id))).toBe(length);
  }
  expect(dataOf(await client.final(2))).toBe('hi Ada');
});

test('bytes of no length are bytes', async ({ open }) => {
  const client = await open();
  client.sendBytes([query(1, 'describe', null, [[], 'u8', 0])]);
  expect(dataOf(await client.final(1))).toEqual({ type: 'u8', bytes: [], plain: true });
});

test('a frame with bytes may begin with an acknowledgement', async ({ open }) => {
  const client = await open();
  await expectServes(client);
  client.sendBytes([client.received, weigh(2, 3)], someBytes(3));
  expect(dataOf(await client.final(2))).toBe(3);
});

test('binary frames are counted like others, in each direction', async ({ open }) => {
  const client = await open();
  for (let id = 1; id < 10; id += 2) {
    client.sendBytes([query(id, 'echo', null, [[], 'u8', 3])], someBytes(3));
    client.send([[Kind.query, id + 1, 'greet', ada]]);
    await client.final(id);
    await client.final(id + 1);
    expect(client.sent).toBe(id + 1);
    // The monitor compares the pong with what arrived.
    await client.ping();
  }
});

test('frames with bytes may come before welcome', async ({ dial, open }) => {
  const gate = newKey();
  const client = await dial();
  client.send(hello({ params: { gate } }));
  client.sendBytes([weigh(1, 100)], someBytes(100));
  await release(await open(), gate);
  expect(dataOf(await client.final(1))).toBe(100);
});

test('early frames with bytes are measured with their bytes', async ({ dial, open }) => {
  const gate = newKey();
  const client = await dial();
  client.send(hello({ params: { gate } }));
  const length = defaultLimit('earlyBytes');
  client.sendBytes([weigh(1, length)], someBytes(length));
  await expectClosed(client, 'too-many');
  await release(await open(), gate);
});

test('a frame with bytes before hello is unexpected', async ({ dial }) => {
  const client = await dial();
  client.sendBytes([weigh(1, 3)], someBytes(3));
  await expectClosed(client, 'unexpected');
});

// Answers

test('a result may hold bytes of every type', async ({ open }) => {
  const client = await open();
  const answer = await client.call('query', 'kinds').final();
  expect(dataOf(answer)).toEqual({
    u8: null,
    nested: [{ buffer: null }],
    blob: null,
    file: null,
    empty: null,
  });
  const { bytes: rows } = optionsOf(answer);
  const found = Array.isArray(rows)
    ? rows.map((row, index) => [row, [...(client.sections(answer)[index] ?? [])]])
    : [];
  expect(found).toHaveLength(5);
  for (const entry of [
    [
      [['u8'], 'u8', 3],
      [1, 2, 3],
    ],
    [
      [['nested', 0, 'buffer'], 'buffer', 2],
      [4, 5],
    ],
    [[['blob'], 'blob', 3, 'text/plain'], [...Buffer.from('six')]],
    [[['file'], 'file', 5, 'text/plain', 'seven.txt', 7], [...Buffer.from('seven')]],
    [[['empty'], 'u8', 0], []],
  ]) {
    expect(found).toContainEqual(entry);
  }
});

test('items may hold bytes', async ({ open }) => {
  const client = await open();
  const call = client.call('subscription', 'chunks', { n: 5, length: 1_000 });
  await call.final();
  const items = client.itemsOf(call.id);
  expect(items.map(dataOf)).toEqual([0, 1, 2, 3, 4].map((index) => ({ index, data: null })));
  for (const [index, item] of items.entries()) {
    expect(client.sections(item).map((bytes) => [...bytes])).toEqual([[...someBytes(1_000, index)]]);
  }
});

test('bytes that are sent back are the same', async ({ open }) => {
  const client = await open();
  const bytes = someBytes(50_000);
  client.sendBytes([query(1, 'echo', { title: 'é', data: null }, [['data'], 'u8', bytes.length])], bytes);
  const answer = await client.final(1);
  expect(dataOf(answer)).toEqual({ title: 'é', data: null });
  expect(Buffer.concat(client.sections(answer)).equals(bytes)).toBe(true);
});

// What is malformed

const three = someBytes(3);
const json = (length: Json): string => JSON.stringify([weigh(1, length)]);

test.for([
  ['more bytes than the table says', bytesText(json(2), three)],
  ['fewer bytes than the table says', bytesText(json(4), three)],
  ['bytes without a table', bytesFrame([[Kind.query, 1, 'greet', ada]], three)],
  ['more bytes than two tables say', bytesFrame([weigh(1, 1), weigh(2, 1)], three)],
  ['a JSON longer than the frame', bytesText(json(3), three, 10_000)],
  ['a JSON shorter than it is', bytesText(json(3), three, 5)],
  ['a JSON of 4 GiB', bytesText('[]', new Uint8Array(), 0xffffffff)],
  ['no JSON', bytesText('', three)],
  ['an empty JSON array', bytesText('[]', new Uint8Array())],
  ['an object', bytesText('{"0":[1,1,"greet"]}', new Uint8Array())],
  ['a control frame', bytesText('["ping",0,0]', new Uint8Array())],
  ['an acknowledgement without a message', bytesText('[0]', new Uint8Array())],
  ['a part of the head', bytesText('[]', new Uint8Array()).subarray(0, 4)],
  ['an unknown kind', bytesFrame([[99, 1]])],
] as [string, Uint8Array][])('a binary frame with %s is malformed', async ([, frame], { open }) => {
  const client = await open();
  client.sendBinary(frame);
  await expectClosed(client, 'malformed');
});

test('a text frame whose table promises bytes is malformed', async ({ open }) => {
  const client = await open();
  client.send([weigh(1, 3)]);
  await expectClosed(client, 'malformed');
});

const rows: readonly Json[] = [
  null,
  'u8',
  {},
  [],
  [[], 'u8'],
  [[], 'u9', 3],
  [[], 'constructor', 3],
  [[], null, 3],
  ['', 'u8', 3],
  [null, 'u8', 3],
  [[null], 'u8', 3],
  [[['a']], 'u8', 3],
  [[], 'u8', '3'],
  [[], 'u8', -3],
  [[], 'u8', 3.5],
  [[], 'u8', null],
  [[], 'blob', 3, 5],
  [[], 'file', 3, 'text/plain', 5],
  [[], 'file', 3, 'text/plain', 'name', 'modified'],
  [[], 'file', 3, 'text/plain', 'name', 0, 0],
];

test.for(rows.map((row) => [JSON.stringify(row), row] as const))(
  'a table with the row %s is malformed',
  async ([, row], { open }) => {
    const client = await open();
    client.sendBytes([query(1, 'describe', null, row)], three);
    await expectClosed(client, 'malformed');
  },
);

test.for([null, 'rows', {}, 3])('a table that is %j is malformed', async (bytes, { open }) => {
  const client = await open();
  client.send([[Kind.query, 1, 'describe', null, { bytes }]]);
  await expectClosed(client, 'malformed');
});

test('none of the messages of a binary frame that is malformed is carried out', async ({ open }) => {
  const key = newKey();
  const client = await open();
  client.sendBytes([[Kind.mutation, 1, 'rename', key], weigh(2, 2)], three);
  await expectClosed(client, 'malformed');
  expect(await (await open()).ask('query', 'ran', key)).toEqual([]);
});

// Paths that lead to no null

const misled: readonly [input: Json, path: Json[]][] = [
  [{}, ['a']],
  [{ a: 1 }, ['a']],
  [{ a: '' }, ['a']],
  [{ a: {} }, ['a']],
  [{ a: null }, []],
  [{ a: null }, ['a', 'b']],
  [{ a: null }, [0]],
  [[null], ['0']],
  [[null], [1]],
  [[null], ['length']],
  [{ '0': null }, [0]],
  ['text', [0]],
  [{}, ['__proto__']],
  [{}, ['__proto__', '__proto__']],
  [{}, ['constructor', 'prototype', '__proto__']],
];

test.for(misled.map(([input, path]) => [JSON.stringify(path), JSON.stringify(input), input, path] as const))(
  'the path %s into %s is a bad request, and no other call is concerned',
  async ([, , input, path], { open }) => {
    const client = await open();
    client.sendBytes([query(1, 'describe', input, [path, 'u8', 3]), weigh(2, 2)], three, someBytes(2));
    expect(errorCode(await client.final(1))).toBe('BAD_REQUEST');
    expect(dataOf(await client.final(2))).toBe(2);
    expect(await client.ask('query', 'polluted')).toBe(false);
  },
);

test('a call whose input cannot be read does not run', async ({ open }) => {
  const key = newKey();
  const client = await open();
  client.sendBytes([[Kind.mutation, 1, 'rename', key, { bytes: [[['a'], 'u8', 3]] }]], three);
  expect(errorCode(await client.final(1))).toBe('BAD_REQUEST');
  expect(await client.ask('query', 'ran', key)).toEqual([]);
});

// Limits

/** A query of bytes in one frame. */
function send(client: RawClient, id: number, length: number): void {
  client.sendBytes([weigh(id, length)], someBytes(length));
}

tight('a value of valueBytes is taken, one of more is too large', async ({ open }) => {
  const client = await open();
  client.acknowledge(Number.POSITIVE_INFINITY);
  send(client, 1, valueBytes);
  expect(dataOf(await client.final(1))).toBe(valueBytes);
  send(client, 2, valueBytes + 1);
  await expectClosed(client, 'too-large');
});

tight('valueBytes is for all sections of a message together', async ({ open }) => {
  const client = await open();
  client.acknowledge(Number.POSITIVE_INFINITY);
  const half = valueBytes / 2;
  const two = (id: number, more: number): Json =>
    query(id, 'describe', [null, null], [[0], 'u8', half], [[1], 'u8', half + more]);
  client.sendBytes([two(1, 0), two(2, 0)], someBytes(4 * half));
  for (const id of [1, 2]) expect((await client.final(id))[0]).toBe(Kind.result);
  client.sendBytes([two(3, 1)], someBytes(2 * half + 1));
  await expectClosed(client, 'too-large');
});

tight('a value that comes before welcome is measured by the default', async ({ dial }) => {
  const client = await dial();
  client.send(hello());
  send(client, 1, 2 * valueBytes);
  expect(dataOf(await client.final(1))).toBe(2 * valueBytes);
});

tight('an answer over valueBytes fails its call only', async ({ open }) => {
  const client = await open();
  expect(await client.refusal('query', 'bytes', valueBytes + 1)).toBe('PAYLOAD_TOO_LARGE');
  expect((await client.call('query', 'bytes', valueBytes).final())[0]).toBe(Kind.result);
  await expectServes(client);
});

test('the sections of a message are not bound by messageBytes', async ({ open }) => {
  const client = await open();
  const length = client.limit('messageBytes') + 10_000;
  client.acknowledge(Number.POSITIVE_INFINITY);
  expect(length).toBeLessThan(client.limit('frameBytes') - 1_000);
  send(client, 1, length);
  expect(dataOf(await client.final(1))).toBe(length);
});

test('a binary frame over frameBytes is too large', async ({ open }) => {
  const client = await open();
  client.acknowledge(Number.POSITIVE_INFINITY);
  send(client, 1, client.limit('frameBytes'));
  expect([1009, closeCode('too-large')]).toContain((await client.whenClosed()).code);
});
