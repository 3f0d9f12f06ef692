import { expect } from 'vitest';
import { dataOf, type Json, Kind, newKey } from './frames.ts';
import type { RawClient } from './raw-client.ts';
import { expectClosed, expectServes, suite } from './suite.ts';
import { closeCode } from './tables.ts';

const test = suite();

const greet = (id: number): Json => [Kind.query, id, 'greet', { name: 'Ada' }];

/** Pads one query to `bytes` bytes of UTF-8. */
function padded(id: number, bytes: number): string {
  const empty = JSON.stringify([Kind.query, id, 'size', '']);
  return JSON.stringify([Kind.query, id, 'size', 'x'.repeat(bytes - empty.length)]);
}

/** Two queries that make a frame of exactly `bytes` bytes, so that neither needs to be over messageBytes. */
function frameOf(bytes: number): string {
  const content = bytes - '[,]'.length;
  const half = Math.floor(content / 2);
  return `[${padded(1, half)},${padded(2, content - half)}]`;
}

const malformed: readonly [what: string, text: string][] = [
  ['nothing', ''],
  ['no JSON', 'hello'],
  ['JSON that is cut', '[[1,1,"greet"'],
  ['a number', '1'],
  ['a string', '"ping"'],
  ['null', 'null'],
  ['an object', '{"0":[1,1,"greet"]}'],
  ['an empty array', '[]'],
  ['an acknowledgement without a message', '[0]'],
  ['two acknowledgements', '[0,0,[1,1,"greet",{"name":"Ada"}]]'],
  ['an acknowledgement behind a message', '[[1,1,"greet",{"name":"Ada"}],0]'],
  ['a negative acknowledgement', '[-1,[1,1,"greet",{"name":"Ada"}]]'],
  ['a fractional acknowledgement', '[0.5,[1,1,"greet",{"name":"Ada"}]]'],
  ['null for an acknowledgement', '[null,[1,1,"greet",{"name":"Ada"}]]'],
  ['true for an acknowledgement', '[true,[1,1,"greet",{"name":"Ada"}]]'],
  ['a message that is an object', '[{"0":1}]'],
  ['a message that is a string', '[[1,1,"greet",{"name":"Ada"}],"greet"]'],
  ['a message that is null', '[null]'],
  ['an empty message', '[[]]'],
  ['frames in a frame', '[[[1,1,"greet",{"name":"Ada"}]]]'],
  ['two frames in one', '[[1,1,"greet",{"name":"Ada"}]][[1,2,"greet",{"name":"Ada"}]]'],
  ['an unknown control frame', '["nope"]'],
  ['a control frame without a name', '["",1]'],
  ['constructor as a control frame', '["constructor"]'],
  ['__proto__ as a control frame', '["__proto__"]'],
];

test.for(malformed)('%s is malformed', async ([, text], { open }) => {
  const client = await open();
  client.sendText(text);
  await expectClosed(client, 'malformed');
});

test('none of the messages of a malformed frame is carried out', async ({ open }) => {
  const name = newKey();
  const client = await open();
  client.send([
    [Kind.mutation, 1, 'rename', name],
    [99, 2],
  ]);
  await expectClosed(client, 'malformed');
  const witness = await open();
  expect(await witness.ask('query', 'ran', name)).toEqual([]);
});

test('the messages before a malformed frame were carried out', async ({ open }) => {
  const client = await open();
  const key = newKey();
  expect(await client.ask('mutation', 'rename', key)).toBe(key);
  client.sendText('[[99,2]]');
  await expectClosed(client, 'malformed');
  const witness = await open();
  expect(await witness.ask('query', 'ran', key)).toEqual([key]);
});

test('text that is not UTF-8 is refused', async ({ open }) => {
  const client = await open();
  client.sendRawText(Uint8Array.of(0x5b, 0x22, 0xff, 0xfe, 0x22, 0x5d));
  // 1007 is what a WebSocket library answers by itself.
  expect([1007, closeCode('malformed')]).toContain((await client.whenClosed()).code);
});

test('a frame is JSON: white space and escapes are no matter', async ({ open }) => {
  const client = await open();
  client.sendText(' [\n [1 , 1, "gr\\u0065et", {"name" : "Ad\\u0061"} ]\t]\r\n');
  expect(dataOf(await client.final(1))).toBe('hi Ada');
});

test('a text message in fragments is one frame', async ({ open }) => {
  const client = await open();
  client.sendFragments(['[[1,1,"gre', 'et",{"name"', ':"Ada"}]]']);
  expect(dataOf(await client.final(1))).toBe('hi Ada');
  await client.ping();
});

test('a frame may hold many messages and counts once', async ({ open }) => {
  const client = await open();
  client.send([greet(1), greet(2), [Kind.mutation, 3, 'rename', newKey()], greet(4)]);
  for (const id of [1, 2, 3, 4]) expect((await client.final(id))[0]).toBe(Kind.result);
  expect(client.sent).toBe(1);
  await client.ping();
});

test('every data frame is counted in each direction', async ({ open }) => {
  const client = await open();
  for (let round = 1; round <= 5; round++) {
    await expectServes(client);
    client.send([[Kind.cancel, 99]]);
    // The ping says what was sent, and the monitor compares the pong with what arrived.
    await client.ping();
    expect(client.sent).toBe(round * 2);
  }
});

test('a frame of frameBytes is taken', async ({ open }) => {
  const client = await open();
  const bytes = client.limit('frameBytes');
  const text = frameOf(bytes);
  expect(Buffer.byteLength(text)).toBe(bytes);
  client.sendText(text);
  expect(dataOf(await client.final(1))).toBeGreaterThan(bytes / 3);
  expect(dataOf(await client.final(2))).toBeGreaterThan(bytes / 3);
});

// An ack says that `welcome` was seen: what could be early is measured more widely.

/** The names and codes under which a frame that is too large may be refused. */
async function expectTooLarge(client: RawClient): Promise<void> {
  const { code } = await client.whenClosed();
  expect([1009, closeCode('too-large')]).toContain(code);
}

test('a frame over frameBytes is too large', async ({ open }) => {
  const client = await open();
  client.acknowledge(0);
  client.sendText(frameOf(client.limit('frameBytes') + 1));
  await expectTooLarge(client);
});

test('a frame is measured in bytes of UTF-8', async ({ open }) => {
  const client = await open();
  client.acknowledge(0);
  const characters = Math.ceil(client.limit('frameBytes') / 3) + 1;
  client.send([
    [Kind.query, 1, 'size', '€'.repeat(characters / 2)],
    [Kind.query, 2, 'size', '€'.repeat(characters / 2)],
  ]);
  await expectTooLarge(client);
});

test('a message over messageBytes is too large', async ({ open }) => {
  const client = await open();
  client.acknowledge(0);
  const bytes = client.limit('messageBytes') + 1;
  expect(bytes).toBeLessThan(client.limit('frameBytes'));
  client.sendText(`[${padded(1, bytes)}]`);
  await expectClosed(client, 'too-large');
});

test('1,000 queries of one frame are answered in few frames', async ({ open }) => {
  const client = await open();
  const before = client.received;
  client.send(Array.from({ length: 1_000 }, (_, index) => greet(index + 1)));
  await client.when('1,000 answers', () => client.finals().length === 1_000 || undefined);
  for (const answer of client.finals()) expect(dataOf(answer)).toBe('hi Ada');
  expect(client.received - before).toBeLessThanOrEqual(100);
});

test('frames stay near 64 KiB, however much there is to say', async ({ open }) => {
  const client = await open();
  client.send(Array.from({ length: 200 }, (_, index): Json => [Kind.query, index + 1, 'big', 4_096]));
  await client.when('200 answers', () => client.finals().length === 200 || undefined);
  const lengths = client.data.map(({ bytes }) => bytes);
  expect(Math.max(...lengths)).toBeLessThanOrEqual(128 * 1_024);
});

test.for([
  ['an empty one', []],
  ['a first byte that is neither 1 nor 2', [9, 0, 0, 0, 0]],
  ['a cut head', [1, 0, 0]],
] as const)('a binary message is malformed: %s', async ([, bytes], { open }) => {
  const client = await open();
  client.sendBinary(Uint8Array.from(bytes));
  await expectClosed(client, 'malformed');
});
