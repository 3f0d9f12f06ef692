import { expect } from 'vitest';
import { streamRows } from './attachments.ts';
import { dataOf, errorCode, isObject, type Json, Kind, type Message, newKey } from './frames.ts';
import { upTo } from './own-streams.ts';
import type { RawClient } from './raw-client.ts';
import { expectClosed, expectServes, suite } from './suite.ts';
import { defaultLimit } from './tables.ts';

const calls = 8;

const test = suite();
const tight = suite({ limits: { calls } });

const firstItems = defaultLimit('firstItems');
const firstBytes = defaultLimit('firstBytes');

interface Poured {
  readonly id: number;
  /** The stream that the result is. */
  readonly stream: number;
  readonly result: Message;
}

/** Asks for a stream as the whole of a result, and waits for that. */
async function pour(client: RawClient, input: { key: string; n?: number; bytes?: number }): Promise<Poured> {
  const call = client.call('query', 'pour', input);
  const result = await call.final();
  expect(result[0]).toBe(Kind.result);
  return { id: call.id, stream: streamRows(result)[0]?.id ?? 0, result };
}

async function seen(client: RawClient, key: string): Promise<{ pulled: number; returned: boolean }> {
  const found = await client.ask('query', 'pulled', key);
  if (!isObject(found)) throw new Error(`not seen: ${JSON.stringify(found)}`);
  return { pulled: Number(found['pulled']), returned: found['returned'] === true };
}

/** Waits for exactly `count` items of a stream that has more, and for no more than one pull beyond them. */
async function expectStopped(client: RawClient, stream: number, key: string, count: number): Promise<void> {
  await client.items(stream, count);
  await client.settle();
  expect(client.itemsOf(stream)).toHaveLength(count);
  expect((await seen(client, key)).pulled).toBeLessThanOrEqual(count + 1);
}

function credit(client: RawClient, stream: number, ...grant: number[]): void {
  client.send([[Kind.credit, stream, ...grant]]);
}

/** Cancels, and waits for the end. */
async function cancel(client: RawClient, stream: number): Promise<void> {
  client.send([[Kind.cancel, stream]]);
  expect((await client.final(stream))[0]).toBe(Kind.end);
}

// What arrives

test('a result may be a stream: its items and its end follow', async ({ open }) => {
  const client = await open();
  const { id, stream, result } = await pour(client, { key: newKey(), n: 5 });
  expect(result).toEqual([Kind.result, id, null, { streams: [[[], stream]] }]);
  expect(stream).toBeLessThan(0);
  expect(await client.final(stream)).toEqual([Kind.end, stream]);
  expect(client.of(stream)).toEqual([
    ...upTo(5).map((index) => [Kind.item, stream, index]),
    [Kind.end, stream],
  ]);
  expect(client.of(id)).toEqual([result]);
});

test('a result may hold streams wherever it likes', async ({ open }) => {
  const client = await open();
  const inputs = [1, 0, 3].map((n) => ({ key: newKey(), n }));
  const result = await client.call('query', 'several', inputs).final();
  expect(dataOf(result)).toEqual({ title: 'several', all: inputs.map(() => ({ items: null })) });
  const rows = streamRows(result);
  expect(rows.map(({ path }) => path)).toEqual(upTo(3).map((index) => ['all', index, 'items']));
  for (const [index, { id }] of rows.entries()) {
    expect((await client.final(id))[0]).toBe(Kind.end);
    expect(client.itemsOf(id).map(dataOf)).toEqual(upTo(inputs[index]?.n ?? 0));
  }
});

test('items of undefined, of null and with bytes', async ({ open }) => {
  const client = await open();
  const stream = streamRows(await client.call('query', 'odd').final())[0]?.id ?? 0;
  await client.final(stream);
  const [nothing, nil, bytes] = client.itemsOf(stream);
  expect([nothing, nil].map((item) => item && dataOf(item))).toEqual([undefined, null]);
  expect(bytes && [...(client.sections(bytes)[0] ?? [])]).toEqual([1, 2, 3]);
});

test('ids of streams are used once in a session', async ({ open }) => {
  const client = await open();
  const ids = new Set<number>();
  for (let round = 0; round < 20; round++) {
    const { stream } = await pour(client, { key: newKey(), n: 1 });
    await client.final(stream);
    ids.add(stream);
  }
  expect(ids.size).toBe(20);
});

// How a stream ends

test('a stream that fails ends with an error, in the shape that tRPC makes', async ({ open }) => {
  const client = await open();
  const stream = streamRows(await client.call('query', 'failed').final())[0]?.id ?? 0;
  const last = await client.final(stream);
  expect(errorCode(last)).toBe('CONFLICT');
  expect(last[2]).toMatchObject({ message: 'the stream failed', code: -32009 });
  expect(client.itemsOf(stream).map(dataOf)).toEqual(['first']);
  await expectServes(client);
});

test('a stream that is cancelled ends, and its generator is returned', async ({ open }) => {
  const key = newKey();
  const client = await open();
  const { stream } = await pour(client, { key });
  await client.items(stream, 1);
  await cancel(client, stream);
  expect((await seen(client, key)).returned).toBe(true);
  await client.settle();
});

test('a stream that stands still can be cancelled', async ({ open }) => {
  const key = newKey();
  const client = await open();
  const { stream } = await pour(client, { key });
  await expectStopped(client, stream, key, firstItems);
  await cancel(client, stream);
  expect((await seen(client, key)).returned).toBe(true);
});

test('a cancel of one stream of a result leaves the others', async ({ open }) => {
  const keys = [newKey(), newKey()];
  const client = await open();
  const result = await client
    .call(
      'query',
      'several',
      keys.map((key) => ({ key })),
    )
    .final();
  const [one = 0, other = 0] = streamRows(result).map(({ id }) => id);
  for (const stream of [one, other]) await client.items(stream, firstItems);
  await cancel(client, one);
  credit(client, other, firstItems);
  await client.items(other, 2 * firstItems);
  await cancel(client, other);
});

test('a cancel of the call after its result cancels the streams of the result', async ({ open }) => {
  const keys = [newKey(), newKey()];
  const client = await open();
  const call = client.call(
    'query',
    'several',
    keys.map((key) => ({ key })),
  );
  const streams = streamRows(await call.final()).map(({ id }) => id);
  for (const stream of streams) await client.items(stream, 1);
  client.send([[Kind.cancel, call.id]]);
  for (const stream of streams) expect((await client.final(stream))[0]).toBe(Kind.end);
  for (const key of keys) expect((await seen(client, key)).returned).toBe(true);
  await client.settle();
  expect(client.of(call.id)).toHaveLength(1);
});

test('a cancel of a call in the frame that asks for it: whatever comes, its streams end', async ({
  open,
}) => {
  const key = newKey();
  const client = await open();
  client.send([
    [Kind.query, 1, 'pour', { key }],
    [Kind.cancel, 1],
  ]);
  for (const { id } of streamRows(await client.final(1))) await client.final(id);
  await client.settle();
});

test('a session that ends returns its generators', async ({ open }) => {
  const key = newKey();
  const [witness, client] = [await open(), await open()];
  const { stream } = await pour(client, { key });
  await client.items(stream, 1);
  await client.leave();
  expect(await witness.ask('query', 'whenEnded', key)).toBe(true);
});

// Credit

test('a stream stops at firstItems items, and its generator with it; others go on', async ({ open }) => {
  const key = newKey();
  const client = await open();
  const { stream } = await pour(client, { key });
  await expectStopped(client, stream, key, firstItems);
  const other = await pour(client, { key: newKey(), n: firstItems - 1 });
  await client.final(other.stream);
  await cancel(client, stream);
});

test('credit brings as many items as were consumed, and none is missing', async ({ open }) => {
  const key = newKey();
  const client = await open();
  const { stream } = await pour(client, { key });
  await expectStopped(client, stream, key, firstItems);
  credit(client, stream, 32);
  await expectStopped(client, stream, key, firstItems + 32);
  client.send([32, 10, 0].map((consumed) => [Kind.credit, stream, consumed]));
  await expectStopped(client, stream, key, firstItems + 32);
  credit(client, stream, firstItems + 32);
  await expectStopped(client, stream, key, 2 * firstItems + 32);
  expect(client.itemsOf(stream).map(dataOf)).toEqual(upTo(2 * firstItems + 32));
  await cancel(client, stream);
});

test('credit may make the item window larger and smaller', async ({ open }) => {
  const key = newKey();
  const client = await open();
  const { stream } = await pour(client, { key });
  credit(client, stream, 0, 200);
  await expectStopped(client, stream, key, 200);
  credit(client, stream, 190, 4);
  await expectStopped(client, stream, key, 200);
  credit(client, stream, 200);
  await expectStopped(client, stream, key, 204);
  credit(client, stream, 204, 0);
  await expectStopped(client, stream, key, 204);
  await cancel(client, stream);
});

test('a consumed above what was sent is a miscount', async ({ open }) => {
  const key = newKey();
  const client = await open();
  const { stream } = await pour(client, { key });
  await client.items(stream, firstItems);
  credit(client, stream, firstItems + 1);
  await expectClosed(client, 'miscount');
  expect(await (await open()).ask('query', 'whenEnded', key)).toBe(true);
});

test('a stream stops at firstBytes; one item may pass the bound', async ({ open }) => {
  const key = newKey();
  const client = await open();
  const bytes = 40_000;
  const within = Math.floor(firstBytes / bytes);
  const { stream } = await pour(client, { key, bytes });
  await client.items(stream, within);
  await client.settle();
  expect(client.itemsOf(stream).length).toBeLessThanOrEqual(within + 1);
  expect((await seen(client, key)).pulled).toBeLessThanOrEqual(within + 2);
  await cancel(client, stream);
});

test('credit that comes with or after the cancel is ignored', async ({ open }) => {
  const client = await open();
  const { stream } = await pour(client, { key: newKey() });
  await client.items(stream, firstItems);
  client.send([
    [Kind.cancel, stream],
    [Kind.credit, stream, firstItems],
  ]);
  await client.final(stream);
  client.send([
    [Kind.credit, stream, firstItems],
    [Kind.cancel, stream],
  ]);
  await client.settle();
});

test('many streams take turns, each within its own window', async ({ open }) => {
  const client = await open();
  const inputs = upTo(30).map(() => ({ key: newKey() }));
  const result = await client.call('query', 'several', inputs).final();
  for (const [index, { id }] of streamRows(result).entries()) {
    await expectStopped(client, id, inputs[index]?.key ?? '', firstItems);
  }
  for (const { id } of streamRows(result)) await cancel(client, id);
});

// Calls in flight

/** Makes calls until one is refused, and gives how many were not. */
async function roomFor(client: RawClient): Promise<number> {
  for (let count = 0; ; count++) {
    const call = client.call('query', 'slow', { key: newKey() });
    // A refusal may leave after the first pong, at the end of its turn.
    for (let round = 0; round < 2; round++) await client.ping();
    const [last] = client.of(call.id);
    if (last && errorCode(last) === 'TOO_MANY_REQUESTS') return count;
  }
}

tight('a call is in flight until the last stream of its result is over', async ({ open }) => {
  const client = await open();
  client.acknowledge(Number.POSITIVE_INFINITY);
  const inputs: Json[] = [{ key: newKey() }, { key: newKey() }];
  const result = await client.call('query', 'several', inputs).final();
  const [one = 0, other = 0] = streamRows(result).map(({ id }) => id);
  expect(await roomFor(client)).toBe(calls - 1);
  await cancel(client, one);
  expect(await roomFor(client)).toBe(0);
  await cancel(client, other);
  await client.ping();
  expect(await roomFor(client)).toBe(1);
});

tight('a result with more streams than calls fails its call only', async ({ open }) => {
  const client = await open();
  const call = client.call(
    'query',
    'several',
    upTo(calls + 1).map(() => ({ key: newKey(), n: 1 })),
  );
  expect((await call.final())[0]).toBe(Kind.error);
  await expectServes(client);
});
