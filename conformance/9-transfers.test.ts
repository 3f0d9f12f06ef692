import { expect } from 'vitest';
import { streamRows } from './attachments.ts';
import { bytesFrame, giveUp, inParts, someBytes } from './binary.ts';
import { contentOf } from './data-frame.ts';
import { dataOf, hello, isFinal, type Json, Kind, newKey } from './frames.ts';
import { failure, itemsOf, sendItems, take, upTo, windowOf } from './own-streams.ts';
import type { RawClient } from './raw-client.ts';
import { answerOf, append, dataFrames, release, standstill } from './resuming.ts';
import { expectClosed, expectServes, suite } from './suite.ts';
import { defaultLimit } from './tables.ts';

// Bytes, parts and streams inside values over more than one socket.

const windowBytes = 16_384;

const test = suite({}, { window: true });
const narrow = suite({ limits: { windowBytes } }, { window: true });
const half = suite({ limits: { windowBytes: 262_144 } }, { window: true });

const firstItems = defaultLimit('firstItems');

const weigh = (id: number, length: number): Json => [
  Kind.query,
  id,
  'weigh',
  null,
  { bytes: [[[], 'u8', length]] },
];

/** The parts of a mutation that adds `value` to a list. */
function parts(client: RawClient, id: number, key: string, value: number, bytes = 12): Uint8Array[] {
  return inParts(client.nextTransfer(), append(id, key, value)[0] ?? null, bytes);
}

// What the client sends

test.for([0, 1, 2, 3])(
  'a message whose first %i parts have arrived goes on over another socket, and is carried out once',
  async (arrived, { open, resume }) => {
    const key = newKey();
    const old = await open();
    const all = parts(old, 1, key, 1);
    expect(all.length).toBeGreaterThan(3);
    for (const bytes of all.slice(0, arrived)) old.sendBinary(bytes);
    await old.ping();
    for (const bytes of all.slice(arrived)) old.lose(bytes);
    old.drop();
    const client = await resume(old);
    expect(client.welcome.received).toBe(arrived);
    await client.final(1);
    expect(await client.ask('query', 'ran', key)).toEqual([1]);
  },
);

test('a message whose parts are all on their way when the socket goes is carried out once', async ({
  open,
  resume,
}) => {
  const key = newKey();
  let client = await open();
  for (const value of upTo(10)) {
    for (const bytes of parts(client, value + 1, key, value, 10)) client.sendBinary(bytes);
    client.drop();
    client = await resume(client);
  }
  await client.settle();
  expect(await client.ask('query', 'ran', key)).toEqual(upTo(10));
});

test('transfers are numbered over all sockets of a session', async ({ open, resume }) => {
  const old = await open();
  old.sendParts([Kind.query, 1, 'greet', { name: 'Ada' }], 10);
  await old.final(1);
  old.drop();
  const client = await resume(old);
  for (const bytes of inParts(1, [Kind.query, 2, 'greet', { name: 'Ada' }], 10)) client.sendBinary(bytes);
  await expectClosed(client, 'malformed');
});

test('a transfer that was given up on another socket stays given up', async ({ open, resume }) => {
  const key = newKey();
  const old = await open();
  const [head = new Uint8Array()] = parts(old, 1, key, 1);
  old.sendBinary(head);
  old.lose(giveUp(1));
  old.drop();
  const client = await resume(old);
  await client.settle();
  expect(await client.ask('query', 'ran', key)).toEqual([]);
});

test('a frame with bytes that was lost is sent again', async ({ open, resume }) => {
  const old = await open();
  old.sendBytes([weigh(1, 1_000)], someBytes(1_000));
  await old.final(1);
  old.lose(bytesFrame([weigh(2, 2_000)], someBytes(2_000)));
  old.drop();
  const client = await resume(old);
  expect(dataOf(await client.final(2))).toBe(2_000);
  await client.settle();
  expect(client.of(1)).toEqual([]);
});

test('parts that came before welcome are sent again when it was lost', async ({ dial, open }) => {
  const [gate, key] = [newKey(), newKey()];
  const [witness, unheard] = [await open(), await dial()];
  unheard.send(hello({ params: { gate } }));
  for (const bytes of parts(unheard, 1, key, 1)) unheard.sendBinary(bytes);
  expect(await witness.ask('query', 'whenAsked', gate)).toBe(true);
  unheard.drop();
  const client = await dial();
  client.askFor(unheard, { params: {} });
  await client.welcomed();
  client.sendAgain();
  await client.final(1);
  await release(witness, gate);
  await witness.settle();
  expect(await witness.ask('query', 'ran', key)).toEqual([1]);
});

test('a part before the answer to a resume is unexpected', async ({ dial, open, resume }) => {
  const gate = newKey();
  const [witness, old] = [await open(), await open()];
  old.drop();
  const client = await dial();
  client.askFor(old, { params: { gate } });
  client.sendParts([Kind.query, 1, 'greet', { name: 'Ada' }], 1_000);
  await expectClosed(client, 'unexpected');
  await release(witness, gate);
  await expectServes(await resume(old, { dial: 3 }));
});

test('a violation in the middle of a transfer ends the session', async ({ dial, open }) => {
  const old = await open();
  const [head = new Uint8Array()] = parts(old, 1, newKey(), 1);
  old.sendBinary(head);
  old.sendBinary(Uint8Array.of(2, 0, 0, 0, 0, 9));
  await expectClosed(old, 'malformed');
  const client = await dial();
  client.askFor(old);
  expect(await answerOf(client)).toBe('gone ended');
});

// What the server sends

half('parts stop at half of windowBytes; answers and the resume pass them', async ({ open, resume }) => {
  const [witness, old] = [await open(), await open()];
  const length = 400_000;
  old.acknowledgesUpTo = 0;
  const large = old.call('query', 'bytes', length);
  await standstill(old, witness);
  expect(old.data.some(({ part }) => part)).toBe(true);
  expect(old.of(large.id)).toEqual([]);
  const kept = old.data.reduce((sum, { bytes }) => sum + bytes, 0);
  expect(kept - (old.data.at(-1)?.bytes ?? 0)).toBeLessThan(262_144 / 2);
  await expectServes(old);
  old.drop();
  const client = await resume(old);
  const answer = await client.final(large.id);
  expect(Buffer.concat(client.sections(answer)).equals(someBytes(length))).toBe(true);
});

half('parts that were not acknowledged are sent again as they were', async ({ dial, open }) => {
  const [witness, old] = [await open(), await open()];
  old.acknowledgesUpTo = 1;
  const large = old.call('query', 'big', 300_000);
  await standstill(old, witness);
  old.drop();
  const client = await dial();
  client.acknowledgesUpTo = 1;
  await client.resume(old, { received: 1 });
  const again = await dataFrames(client, old.received - 1);
  expect(again.map(contentOf)).toEqual(old.data.slice(1).map(contentOf));
  client.acknowledge(Number.POSITIVE_INFINITY);
  const data = dataOf(await client.final(large.id));
  expect(typeof data === 'string' && data.length).toBe(300_000);
});

test('large answers go on over many sockets, each comes once', async ({ open, resume }) => {
  let client = await open();
  const calls = upTo(6).map((index) => client.call('query', 'big', 200_000 + index));
  const finals: number[] = [];
  for (let round = 0; round < 8; round++) {
    // The socket goes while parts are on their way.
    await client.when('a data frame', () => client.data[0]);
    client.drop();
    client.silence();
    finals.push(...client.finals().map(([, id]) => id));
    if (finals.length === calls.length) break;
    client = await resume(client);
  }
  if (finals.length < calls.length) {
    await client.when(
      'the others',
      () => client.finals().length === calls.length - finals.length || undefined,
    );
    finals.push(...client.finals().map(([, id]) => id));
  }
  expect(finals.sort((one, other) => one - other)).toEqual(calls.map(({ id }) => id));
});

narrow('items in parts keep their order over a resume', async ({ open, resume }) => {
  const old = await open();
  const sizes = [10, 100_000, 20, 90_000];
  const call = old.call('subscription', 'sizes', sizes);
  await old.items(call.id, 1);
  old.drop();
  old.silence();
  const client = await resume(old);
  client.send([[Kind.credit, call.id, 1]]);
  await client.final(call.id);
  const items = [...old.itemsOf(call.id), ...client.itemsOf(call.id)];
  expect(items.map((item) => String(dataOf(item)).length)).toEqual(sizes);
});

// Streams inside values

test('a stream of an input goes on over many sockets; no item is missing and none comes twice', async ({
  open,
  resume,
}) => {
  const key = newKey();
  let client = await open();
  const call = take(client, key);
  for (let round = 0; round < 6; round++) {
    client.send(itemsOf(call.stream, 5, 10 * round));
    client.lose(itemsOf(call.stream, 5, 10 * round + 5));
    client.drop();
    client = await resume(client);
  }
  client.send([[Kind.end, call.stream]]);
  expect(dataOf(await client.final(call.id))).toBe(60);
  expect(await client.ask('query', 'ran', key)).toEqual([...upTo(60), 'complete']);
});

test('credit and cancels of the server are sent again', async ({ open, resume }) => {
  const key = newKey();
  const old = await open();
  old.acknowledgesUpTo = 0;
  const call = take(old, key, { most: firstItems / 2 + 1 });
  old.send(itemsOf(call.stream, firstItems));
  await old.cancelled(call.stream);
  await old.final(call.id);
  old.drop();
  const client = await resume(old, { received: 0 });
  await client.cancelled(call.stream);
  expect(dataOf(await client.final(call.id))).toBe(firstItems / 2 + 1);
  client.send([[Kind.end, call.stream]]);
  await expectServes(client);
});

test('items that are sent again are not counted twice against the window', async ({ open, resume }) => {
  const key = newKey();
  let client = await open();
  const call = take(client, key, { gated: true });
  for (let round = 0; round < 4; round++) {
    client.lose(itemsOf(call.stream, firstItems / 4, (round * firstItems) / 4));
    client.drop();
    client = await resume(client);
  }
  await expectServes(client);
  client.send(itemsOf(call.stream, windowOf(client, call.stream) - firstItems + 1, firstItems));
  await expectClosed(client, 'too-many');
  const witness = await open();
  await release(witness, `${key} 0`);
});

test('a stream of a result goes on over many sockets; no item is missing and none comes twice', async ({
  open,
  resume,
}) => {
  let client = await open();
  const [row] = streamRows(await client.call('query', 'pour', { key: newKey() }).final());
  const id = row?.id ?? 0;
  const indexes: unknown[] = [];
  for (let round = 1; round <= 6; round++) {
    const due = indexes.length;
    const fresh = await client.items(id, round === 1 ? firstItems : 1);
    // The socket goes while items are on their way.
    client.send([[Kind.credit, id, due + fresh.length]]);
    client.drop();
    client.silence();
    indexes.push(...client.itemsOf(id).map(dataOf));
    client = await resume(client);
  }
  client.send([[Kind.cancel, id]]);
  await client.final(id);
  indexes.push(...client.itemsOf(id).map(dataOf));
  expect(indexes).toEqual(upTo(indexes.length));
  expect(indexes.length).toBeGreaterThan(firstItems);
});

test('a stream may be cancelled on another socket than it began on', async ({ open, resume }) => {
  const [key, other] = [newKey(), newKey()];
  const old = await open();
  const [row] = streamRows(await old.call('query', 'pour', { key }).final());
  const id = row?.id ?? 0;
  const call = take(old, other, { gated: true });
  old.send(itemsOf(call.stream, 3));
  old.lose([
    [Kind.cancel, id],
    [Kind.cancel, call.id],
    [Kind.error, call.stream, failure('cancelled')],
  ]);
  old.drop();
  const client = await resume(old);
  expect((await client.final(id))[0]).toBe(Kind.end);
  await release(client, `${other} 0`);
  await client.final(call.id);
  expect(await client.ask('query', 'whenEnded', key)).toBe(true);
  expect(await client.ask('query', 'ran', other)).not.toContain('complete');
});

test('a relay of two streams over many sockets', async ({ open, resume }) => {
  let client = await open();
  const call = client.call('query', 'relay', null, { streams: [[[], -1]] });
  const [row] = streamRows(await call.final());
  const id = row?.id ?? 0;
  const items: unknown[] = [];
  const last: number[] = [];
  for (const round of upTo(6)) {
    client.send(itemsOf(-1, 4, 4 * round));
    await client.when('an item', () => client.itemsOf(id)[0]);
    client.send([[Kind.credit, id, items.length + client.itemsOf(id).length]]);
    client.drop();
    client.silence();
    items.push(...client.itemsOf(id).map(dataOf));
    client = await resume(client);
  }
  client.send([[Kind.end, -1]]);
  await client.final(id);
  items.push(...client.itemsOf(id).map(dataOf));
  last.push(
    ...client
      .of(id)
      .filter(isFinal)
      .map(([kind]) => kind),
  );
  expect(items).toEqual(upTo(24).flatMap((value) => [value, value]));
  expect(last).toEqual([Kind.end]);
});

test('a session that is lost in the middle of transfers and streams leaves nothing behind', async ({
  dial,
  open,
}) => {
  const [key, other] = [newKey(), newKey()];
  const [witness, old] = [await open(), await open()];
  const call = take(old, key);
  await sendItems(old, call.stream, 10);
  const [row] = streamRows(await old.call('query', 'pour', { key: other }).final());
  await old.items(row?.id ?? 0, 1);
  old.sendBinary(parts(old, old.nextId(), key, 1)[0] ?? new Uint8Array());
  await old.ping();
  old.drop();
  await old.whenClosed();
  const leaving = await dial();
  await leaving.resume(old);
  await leaving.leave();
  for (const ended of [key, other]) expect(await witness.ask('query', 'whenEnded', ended)).toBe(true);
  expect(await witness.ask('query', 'ran', key)).not.toContain('complete');
});
