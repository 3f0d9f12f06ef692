import { expect } from 'vitest';
import { giveUp, inParts, type Part, partFrame, someBytes } from './binary.ts';
import { dataOf, errorCode, type Frame, hello, type Json, Kind, newKey } from './frames.ts';
import type { RawClient } from './raw-client.ts';
import { append, release } from './resuming.ts';
import { expectClosed, expectServes, suite } from './suite.ts';
import { closeCode, defaultLimit } from './tables.ts';

const messageBytes = 16_384;
const valueBytes = 65_536;
const unfinished = defaultLimit('unfinished');

const test = suite();
const tight = suite({ limits: { messageBytes, valueBytes } });

const ada = { name: 'Ada' };
const greet: Json = [Kind.query, 1, 'greet', ada];

/** The only message of a frame. */
function only(frame: Frame): Json {
  return frame[0] ?? null;
}

function size(id: number, length: number): Json {
  return [Kind.query, id, 'size', 'x'.repeat(length)];
}

/** The first part of a message that promises so many bytes, without any of them. */
function promise(transfer: number, json: number, sections = 0): Uint8Array {
  return partFrame({ transfer, last: false, lengths: [json, sections], content: new Uint8Array() });
}

function part(transfer: number, content: string | Uint8Array, rest: Partial<Part> = {}): Uint8Array {
  return partFrame({ transfer, last: false, content: Buffer.from(content), ...rest });
}

/** The first of the parts of a message. */
function firstPart(transfer: number, message: Json, bytes: number): Uint8Array {
  return inParts(transfer, message, bytes)[0] ?? new Uint8Array();
}

// What is carried out

test.for([1, 2, 7, 50, 1_000])('a message in parts of %i bytes is one message', async (bytes, { open }) => {
  const client = await open();
  client.sendParts([Kind.query, 1, 'greet', { name: 'Zoë €' }], bytes);
  expect(dataOf(await client.final(1))).toBe('hi Zoë €');
  await client.ping();
});

test.for([1, 3, 10, 1_000])('bytes may be in parts of %i bytes', async (bytes, { open }) => {
  const client = await open();
  const rows: Json = [
    [['a'], 'u8', 3],
    [['b'], 'u8', 0],
    [['c'], 'buffer', 4],
  ];
  const message: Json = [Kind.query, 1, 'describe', { a: null, b: null, c: null }, { bytes: rows }];
  client.sendParts(message, bytes, Uint8Array.of(1, 2, 3), Uint8Array.of(4, 5, 6, 7));
  expect(dataOf(await client.final(1))).toEqual({
    a: { type: 'u8', bytes: [1, 2, 3], plain: true },
    b: { type: 'u8', bytes: [], plain: true },
    c: { type: 'buffer', bytes: [4, 5, 6, 7] },
  });
});

test('parts may be empty, but not the last', async ({ open }) => {
  const client = await open();
  const json = JSON.stringify(greet);
  client.sendBinary(promise(1, json.length));
  client.sendBinary(part(1, ''));
  client.sendBinary(part(1, json, { last: true }));
  expect(dataOf(await client.final(1))).toBe('hi Ada');
});

test('the first transfer may have the number 0', async ({ open }) => {
  const client = await open();
  for (const bytes of inParts(0, greet, 10)) client.sendBinary(bytes);
  expect(dataOf(await client.final(1))).toBe('hi Ada');
});

test('a transfer may have any number that is higher', async ({ open }) => {
  const client = await open();
  for (const [index, transfer] of [1, 2, 17, 2 ** 31, 2 ** 32 - 1].entries()) {
    const message: Json = [Kind.query, index + 1, 'greet', ada];
    for (const bytes of inParts(transfer, message, 10)) client.sendBinary(bytes);
    expect(dataOf(await client.final(index + 1))).toBe('hi Ada');
  }
});

test('smaller messages pass between parts', async ({ open }) => {
  const client = await open();
  let id = 1;
  for (const bytes of inParts(1, size(1, 10_000), 1_000)) {
    client.sendBinary(bytes);
    if (client.sent > 18) continue;
    client.send([[Kind.query, ++id, 'greet', ada]]);
    expect(dataOf(await client.final(id))).toBe('hi Ada');
  }
  expect(dataOf(await client.final(1))).toBe(10_000);
});

test('a message in parts is carried out in the place of its last part', async ({ open }) => {
  const key = newKey();
  const client = await open();
  const [head, ...tail] = inParts(1, only(append(1, key, 1)), 30);
  if (head) client.sendBinary(head);
  client.send(append(2, key, 2));
  for (const bytes of tail) client.sendBinary(bytes);
  client.send(append(3, key, 3));
  await client.final(3);
  expect(await client.ask('query', 'ran', key)).toEqual([2, 1, 3]);
});

test('transfers may be interleaved', async ({ open }) => {
  const client = await open();
  const transfers = [1, 2, 3, 4].map((id) => inParts(id, size(id, id * 1_000), 500));
  expect(transfers).toHaveLength(unfinished);
  for (let index = 0; transfers.some((parts) => index < parts.length); index++) {
    for (const parts of transfers)
      for (const bytes of parts.slice(index, index + 1)) client.sendBinary(bytes);
  }
  for (const id of [1, 2, 3, 4]) expect(dataOf(await client.final(id))).toBe(id * 1_000);
});

test('parts are counted like other frames', async ({ open }) => {
  const client = await open();
  const parts = inParts(1, greet, 5);
  for (const [index, bytes] of parts.entries()) {
    client.sendBinary(bytes);
    expect(client.sent).toBe(index + 1);
    // The monitor compares the pong.
    await client.ping();
  }
  await client.final(1);
});

test('parts may come before welcome', async ({ dial, open }) => {
  const gate = newKey();
  const client = await dial();
  client.send(hello({ params: { gate } }));
  client.sendParts(greet, 10);
  await release(await open(), gate);
  expect(dataOf(await client.final(1))).toBe('hi Ada');
});

test('a transfer that began before welcome goes on after it', async ({ dial, open }) => {
  const gate = newKey();
  const client = await dial();
  client.send(hello({ params: { gate } }));
  const [head, ...rest] = inParts(1, greet, 20);
  if (head) client.sendBinary(head);
  await release(await open(), gate);
  await client.welcomed();
  for (const bytes of rest) client.sendBinary(bytes);
  expect(dataOf(await client.final(1))).toBe('hi Ada');
});

test('a part before hello is unexpected', async ({ dial }) => {
  const client = await dial();
  client.sendParts(greet, 1_000);
  await expectClosed(client, 'unexpected');
});

test('a session may end in the middle of transfers', async ({ open }) => {
  const key = newKey();
  const client = await open();
  for (const transfer of [1, 2]) {
    client.sendBinary(firstPart(transfer, only(append(transfer, key, 1)), 30));
  }
  await client.leave();
  const witness = await open();
  await witness.settle();
  expect(await witness.ask('query', 'ran', key)).toEqual([]);
});

// Ids of calls in parts

test('calls that overtake one in parts have higher ids', async ({ open }) => {
  const client = await open();
  const [head, ...rest] = inParts(client.nextTransfer(), size(1, 100), 50);
  if (head) client.sendBinary(head);
  client.send([[Kind.query, 2, 'greet', ada]]);
  await client.final(2);
  client.sendParts([Kind.query, 3, 'greet', ada], 10);
  await client.final(3);
  for (const bytes of rest) client.sendBinary(bytes);
  expect(dataOf(await client.final(1))).toBe(100);
  await expectServes(client);
});

test('a call in parts whose id is in flight is a bad id', async ({ open }) => {
  const key = newKey();
  const client = await open();
  client.send([[Kind.query, 5, 'slow', { key }]]);
  client.sendParts([Kind.query, 5, 'greet', ada], 10);
  await expectClosed(client, 'bad-id');
});

test('an id that does not rise is a bad id beside a transfer too', async ({ open }) => {
  const client = await open();
  client.sendBinary(firstPart(1, greet, 10));
  client.send([[Kind.query, 5, 'greet', ada]]);
  client.send([[Kind.query, 4, 'greet', ada]]);
  await expectClosed(client, 'bad-id');
});

// What is given up

test('a message that is given up is not carried out, and another takes its place', async ({ open }) => {
  const key = newKey();
  const client = await open();
  for (let id = 1; id <= 3 * unfinished; id++) {
    const transfer = client.nextTransfer();
    const parts = inParts(transfer, only(append(id, key, id)), 20);
    for (const bytes of parts.slice(0, -1)) client.sendBinary(bytes);
    client.sendBinary(giveUp(transfer));
  }
  await client.settle();
  expect(client.finals()).toHaveLength(3);
  expect(await client.ask('query', 'ran', key)).toEqual([]);
});

test('a cancel of a call that was given up is ignored', async ({ open }) => {
  const client = await open();
  client.sendBinary(firstPart(1, size(1, 100), 50));
  client.sendBinary(giveUp(1));
  client.send([
    [Kind.cancel, 1],
    [Kind.query, 2, 'greet', ada],
  ]);
  await client.final(2);
  await client.settle();
  expect(client.of(1)).toEqual([]);
});

test.for([
  ['another last part', giveUp(1)],
  ['another part', part(1, 'x')],
] as [string, Uint8Array][])(
  '%s of a transfer that was given up is malformed',
  async ([, frame], { open }) => {
    const client = await open();
    client.sendBinary(promise(1, 100));
    client.sendBinary(giveUp(1));
    client.sendBinary(frame);
    await expectClosed(client, 'malformed');
  },
);

// Answers and items in parts

test('an answer of over 64 KiB travels in parts, and smaller ones pass between them', async ({ open }) => {
  const client = await open();
  client.acknowledgesUpTo = 0;
  const length = client.limit('windowBytes');
  const large = client.call('query', 'big', length);
  await client.when('a part', () => client.data.some((data) => data.part) || undefined);
  // Nobody acknowledges: parts have only half of the window, and something is left of this answer.
  for (let round = 0; round < 3; round++) await expectServes(client);
  if (client.limit('window') > 0) expect(client.of(large.id)).toEqual([]);
  client.acknowledge(Number.POSITIVE_INFINITY);
  const data = dataOf(await large.final());
  expect(typeof data === 'string' && data.length).toBe(length);
  expect(Math.max(...client.data.map(({ bytes }) => bytes))).toBeLessThanOrEqual(128 * 1_024);
});

test('a result with many bytes arrives whole', async ({ open }) => {
  const client = await open();
  const length = 300_000;
  const answer = await client.call('query', 'bytes', length).final();
  expect(client.data.some(({ part }) => part)).toBe(true);
  expect(Buffer.concat(client.sections(answer)).equals(someBytes(length))).toBe(true);
});

test('large answers of many calls arrive, each once', async ({ open }) => {
  const client = await open();
  const calls = Array.from({ length: 20 }, (_, index) => client.call('query', 'big', 100_000 + index));
  for (const [index, call] of calls.entries()) {
    const data = dataOf(await call.final());
    expect(typeof data === 'string' && data.length).toBe(100_000 + index);
  }
});

test('items keep their order, large or small', async ({ open }) => {
  const client = await open();
  const sizes = [10, 100_000, 20, 80_000, 70_000, 30];
  const call = client.call('subscription', 'sizes', sizes);
  for (let consumed = 1; consumed <= sizes.length; consumed++) {
    await client.items(call.id, consumed);
    client.send([[Kind.credit, call.id, consumed]]);
  }
  await call.final();
  expect(client.itemsOf(call.id).map((item) => String(dataOf(item)).length)).toEqual(sizes);
});

test('a call that is cancelled while its answer is in parts has one final message', async ({ open }) => {
  const client = await open();
  client.acknowledgesUpTo = 0;
  const call = client.call('query', 'big', client.limit('windowBytes'));
  await client.when('a part', () => client.data.some((data) => data.part) || undefined);
  client.send([[Kind.cancel, call.id]]);
  client.acknowledge(Number.POSITIVE_INFINITY);
  await call.final();
  await client.settle();
  expect(client.of(call.id)).toHaveLength(1);
});

// Violations

const json = JSON.stringify(greet);
const whole = { last: true, lengths: [json.length, 0] } as const;

test.for([
  ['a part of an unknown transfer', [part(7, json)]],
  ['a part with the last byte that is not the last', [part(1, json, { lengths: [json.length, 0] })]],
  ['a last part of an unknown transfer', [giveUp(7)]],
  ['a last part that is short of its length', [part(1, json, { ...whole, lengths: [json.length + 1, 0] })]],
  ['a last part that is short of its sections', [part(1, json, { ...whole, lengths: [json.length, 3] })]],
  ['a part that is over its length', [part(1, json, { ...whole, lengths: [json.length - 1, 0] })]],
  ['a later part that is over its length', [promise(1, 3), part(1, 'xxxx')]],
  ['parts that are over their length together', [promise(1, 3), part(1, 'xx'), part(1, 'xx')]],
  ['a cut head', [promise(1, json.length).subarray(0, 4)]],
  ['a cut head of a first part', [promise(1, json.length).subarray(0, 13)]],
  ['a first part without lengths', [Uint8Array.of(2, 1, 0, 0, 0, 1)]],
  ['a transfer whose number falls', [promise(5, 10), promise(4, 10)]],
  ['a transfer that begins twice', [promise(5, 10), promise(5, 10)]],
  ['a transfer that begins again when it is over', [part(5, json, whole), promise(5, 10)]],
  ['a transfer that goes on when it is over', [part(5, json, whole), part(5, 'x')]],
  ['a transfer that begins again when it was given up', [promise(5, 10), giveUp(5), promise(5, 10)]],
  ['a number below one that was given up', [promise(5, 10), giveUp(5), promise(4, 10)]],
] as [string, Uint8Array[]][])('%s is malformed', async ([, frames], { open }) => {
  const client = await open();
  for (const frame of frames) client.sendBinary(frame);
  await expectClosed(client, 'malformed');
});

test.for([
  ['no JSON', 'greet'],
  ['JSON that is cut', json.slice(0, -1)],
  ['two messages', `${json},${json}`],
  ['a frame', `[${json}]`],
  ['a control frame', '["ping",0,0]'],
  ['an object', '{"0":1,"1":1,"2":"greet"}'],
  ['null', 'null'],
  ['a message of an unknown kind', '[99,1]'],
  ['a message without its shape', '[1,1,5]'],
  ['a table that promises bytes', '[1,1,"describe",null,{"bytes":[[[],"u8",3]]}]'],
] as [string, string][])('parts that make %s are malformed', async ([, text], { open }) => {
  const client = await open();
  client.sendBinary(part(1, text, { last: true, lengths: [Buffer.byteLength(text), 0] }));
  await expectClosed(client, 'malformed');
});

test('parts whose text is not UTF-8 are not carried out', async ({ open }) => {
  const client = await open();
  const text = Buffer.from(json.replace('Ada', '\u00ff'), 'latin1');
  client.sendBinary(part(1, text, { last: true, lengths: [text.length, 0] }));
  await expectClosed(client, 'malformed');
});

test.for([2, 4])(
  'sections that are %i bytes where their table says 3 are malformed',
  async (length, { open }) => {
    const client = await open();
    const text = '[1,1,"describe",null,{"bytes":[[[],"u8",3]]}]';
    const content = Buffer.concat([Buffer.from(text), someBytes(length)]);
    client.sendBinary(part(1, content, { last: true, lengths: [text.length, length] }));
    await expectClosed(client, 'malformed');
  },
);

test('more than unfinished transfers at a time are too many', async ({ open }) => {
  const client = await open();
  for (let transfer = 1; transfer <= unfinished; transfer++) client.sendBinary(promise(transfer, 100));
  await expectServes(client);
  client.sendBinary(promise(unfinished + 1, 100));
  await expectClosed(client, 'too-many');
});

test('a part in a text frame is malformed', async ({ open }) => {
  const client = await open();
  client.send([[2, 1, 1, json.length, 0, json]]);
  await expectClosed(client, 'malformed');
});

// Limits

/** Makes sure that nothing can be early any more: it would be measured more widely. */
function late(client: RawClient): void {
  client.acknowledge(Number.POSITIVE_INFINITY);
}

tight('a message of messageBytes may come in parts', async ({ open }) => {
  const client = await open();
  late(client);
  const room = messageBytes - JSON.stringify(size(1, 0)).length;
  client.sendParts(size(1, room), 1_000);
  expect(dataOf(await client.final(1))).toBe(room);
});

tight('sections of valueBytes may come in parts', async ({ open }) => {
  const client = await open();
  late(client);
  const message: Json = [Kind.query, 1, 'weigh', null, { bytes: [[[], 'u8', valueBytes]] }];
  client.sendParts(message, 10_000, someBytes(valueBytes));
  expect(dataOf(await client.final(1))).toBe(valueBytes);
});

tight.for([
  ['one with more JSON than messageBytes', [promise(1, messageBytes + 1)]],
  ['one with a JSON of 4 GiB', [promise(1, 2 ** 32 - 1)]],
  ['one with more sections than valueBytes', [promise(1, 100, valueBytes + 1)]],
  ['one with sections of 4 GiB', [promise(1, 100, 2 ** 32 - 1)]],
  [
    'several with more JSON than messageBytes',
    [promise(1, messageBytes / 2), promise(2, messageBytes / 2), promise(3, 1)],
  ],
  [
    'several with more sections than valueBytes',
    [promise(1, 50, valueBytes / 2), promise(2, 50, valueBytes / 2), promise(3, 50, 1)],
  ],
] as [string, Uint8Array[]][])('unfinished transfers are too large: %s', async ([, frames], { open }) => {
  const client = await open();
  late(client);
  for (const frame of frames.slice(0, -1)) client.sendBinary(frame);
  if (frames.length > 1) await expectServes(client);
  client.sendBinary(frames.at(-1) ?? new Uint8Array());
  await expectClosed(client, 'too-large');
});

tight('what is over counts no more among the unfinished', async ({ open }) => {
  const client = await open();
  late(client);
  for (let id = 1; id <= 5; id++) {
    const transfer = client.nextTransfer();
    client.sendBinary(promise(transfer, messageBytes, valueBytes));
    client.sendBinary(giveUp(transfer));
    client.sendParts(size(id, messageBytes - 100), 8_000);
    expect(dataOf(await client.final(id))).toBe(messageBytes - 100);
  }
});

tight('a message in parts that comes before welcome is measured by the default', async ({ dial }) => {
  const client = await dial();
  client.send(hello());
  client.sendParts(size(1, 2 * messageBytes), messageBytes);
  expect(dataOf(await client.final(1))).toBe(2 * messageBytes);
});

test('a part over frameBytes is too large', async ({ open }) => {
  const client = await open();
  late(client);
  const length = client.limit('frameBytes');
  client.sendBinary(part(1, Buffer.alloc(length), { lengths: [100, length] }));
  expect([1009, closeCode('too-large')]).toContain((await client.whenClosed()).code);
});

test('none of a message in parts that is malformed is carried out', async ({ open }) => {
  const key = newKey();
  const client = await open();
  client.sendBinary(firstPart(1, only(append(1, key, 1)), 30));
  client.sendBinary(part(1, 'x'.repeat(100)));
  await expectClosed(client, 'malformed');
  expect(await (await open()).ask('query', 'ran', key)).toEqual([]);
});

test('a call whose input in parts does not validate is a bad request', async ({ open }) => {
  const client = await open();
  client.sendParts([Kind.query, 1, 'greet', { name: 5 }], 10);
  expect(errorCode(await client.final(1))).toBe('BAD_REQUEST');
  await expectServes(client);
});
