import { expect } from 'vitest';
import { dataOf, isObject, type Json, Kind, newKey } from './frames.ts';
import type { RawClient } from './raw-client.ts';
import { expectClosed, expectServes, suite } from './suite.ts';
import { defaultLimit } from './tables.ts';

const test = suite();

const firstItems = defaultLimit('firstItems');
const firstBytes = defaultLimit('firstBytes');

async function pulled(client: RawClient, key: string): Promise<number> {
  const seen = await client.ask('query', 'pulled', key);
  return isObject(seen) ? Number(seen['pulled']) : Number.NaN;
}

/** Waits for exactly `count` items of a stream that has more, and for no more than one pull beyond them. */
async function expectStopped(client: RawClient, id: number, key: string, count: number): Promise<void> {
  await client.items(id, count);
  await client.settle();
  expect(client.itemsOf(id)).toHaveLength(count);
  expect(await pulled(client, key)).toBeLessThanOrEqual(count + 1);
}

function credit(client: RawClient, id: number, ...grant: number[]): void {
  client.send([[Kind.credit, id, ...grant]]);
}

test('a stream stops at firstItems items, and its generator with it', async ({ open }) => {
  const client = await open();
  const key = newKey();
  const { id } = client.call('subscription', 'endless', { key });
  await expectStopped(client, id, key, firstItems);
});

test('a stream that stands still does not hold up others', async ({ open }) => {
  const client = await open();
  const key = newKey();
  const { id } = client.call('subscription', 'endless', { key });
  await expectStopped(client, id, key, firstItems);
  const other = client.call('subscription', 'count', { n: firstItems - 1 });
  await other.final();
  expect(client.itemsOf(other.id)).toHaveLength(firstItems - 1);
  await expectServes(client);
});

test('a stream that ends within its window needs no credit', async ({ open }) => {
  const client = await open();
  const call = client.call('subscription', 'count', { n: firstItems - 1 });
  expect((await call.final())[0]).toBe(Kind.end);
});

test('credit brings as many items as were consumed, and none is missing', async ({ open }) => {
  const client = await open();
  const key = newKey();
  const { id } = client.call('subscription', 'endless', { key });
  await expectStopped(client, id, key, firstItems);
  credit(client, id, 32);
  await expectStopped(client, id, key, firstItems + 32);
  credit(client, id, firstItems + 32);
  await expectStopped(client, id, key, 2 * firstItems + 32);
  const indexes = client.itemsOf(id).map(dataOf);
  expect(indexes).toEqual(Array.from({ length: indexes.length }, (_, index) => index));
});

test('a consumed that is lower or the same is ignored', async ({ open }) => {
  const client = await open();
  const key = newKey();
  const { id } = client.call('subscription', 'endless', { key });
  await client.items(id, firstItems);
  // In one frame, so that nothing is sent between them.
  client.send([32, 32, 10, 0].map((consumed) => [Kind.credit, id, consumed]));
  await expectStopped(client, id, key, firstItems + 32);
});

test('a consumed above what was sent is a miscount', async ({ open }) => {
  const client = await open();
  const { id } = client.call('subscription', 'endless', { key: newKey() });
  await client.items(id, firstItems);
  credit(client, id, firstItems + 1);
  await expectClosed(client, 'miscount');
});

test('credit may make the item window larger and smaller', async ({ open }) => {
  const client = await open();
  const key = newKey();
  const { id } = client.call('subscription', 'endless', { key });
  await expectStopped(client, id, key, firstItems);
  credit(client, id, 0, 200);
  await expectStopped(client, id, key, 200);
  credit(client, id, 190, 4);
  await expectStopped(client, id, key, 200);
  credit(client, id, 200);
  await expectStopped(client, id, key, 204);
});

test('credit that comes before the stream has started is not lost: its id is in flight', async ({ open }) => {
  const client = await open();
  const key = newKey();
  const id = client.nextId();
  client.send([
    [Kind.subscription, id, 'endless', { key }],
    [Kind.credit, id, 0, 200],
  ]);
  await expectStopped(client, id, key, 200);
});

test('a window of streamItems is taken', async ({ open }) => {
  const client = await open();
  const key = newKey();
  const { id } = client.call('subscription', 'endless', { key });
  const items = client.limit('streamItems');
  await client.items(id, 1);
  credit(client, id, 0, items);
  await expectStopped(client, id, key, items);
});

test('a stream stops at firstBytes; one item may pass the bound', async ({ open }) => {
  const client = await open();
  const key = newKey();
  const bytes = 100_000;
  const within = Math.floor(firstBytes / bytes);
  const { id } = client.call('subscription', 'endless', { key, bytes });
  await client.items(id, within);
  await client.settle();
  const first = client.itemsOf(id).length;
  expect(first).toBeLessThanOrEqual(within + 1);
  expect(await pulled(client, key)).toBeLessThanOrEqual(within + 2);
  credit(client, id, first);
  await client.items(id, first + within);
  await client.settle();
  expect(client.itemsOf(id).length).toBeLessThanOrEqual(first + within + 1);
});

test('an item larger than the byte window goes alone', async ({ open }) => {
  const client = await open();
  const key = newKey();
  const { id } = client.call('subscription', 'endless', { key, bytes: firstBytes + 1 });
  await expectStopped(client, id, key, 1);
  credit(client, id, 1);
  await expectStopped(client, id, key, 2);
});

test('credit may make the byte window larger', async ({ open }) => {
  const client = await open();
  const key = newKey();
  const bytes = 100_000;
  const { id } = client.call('subscription', 'endless', { key, bytes });
  const window = client.limit('streamBytes');
  const within = Math.floor(window / bytes);
  await client.items(id, 1);
  credit(client, id, 0, firstItems, window);
  await client.items(id, within);
  await client.settle();
  expect(client.itemsOf(id).length).toBeLessThanOrEqual(within + 1);
});

test('a generator that never waits does not stop the server', async ({ open }) => {
  const client = await open();
  const { id } = client.call('subscription', 'endless', { key: newKey() });
  const items = client.limit('streamItems');
  await client.items(id, 1);
  credit(client, id, 0, items);
  for (let round = 1; round <= 5; round++) {
    await expectServes(client);
    await client.ping();
    const { length } = await client.items(id, round * 500);
    credit(client, id, length);
  }
  await expectServes(await open());
});

test('many streams take turns, each within its own window', async ({ open }) => {
  const client = await open();
  const streams = Array.from({ length: 50 }, () => {
    const key = newKey();
    return { key, ...client.call('subscription', 'endless', { key }) };
  });
  for (const { id, key } of streams) await expectStopped(client, id, key, firstItems);
});

test('a stream that stands still can be cancelled', async ({ open }) => {
  const client = await open();
  const key = newKey();
  const call = client.call('subscription', 'endless', { key });
  await expectStopped(client, call.id, key, firstItems);
  client.send([[Kind.cancel, call.id]]);
  expect((await call.final())[0]).toBe(Kind.end);
  const seen = await client.ask('query', 'pulled', key);
  expect(isObject(seen) && seen['returned']).toBe(true);
});

test('credit that comes with or after the cancel is ignored', async ({ open }) => {
  const client = await open();
  const call = client.call('subscription', 'endless', { key: newKey() });
  await client.items(call.id, firstItems);
  const messages: Json[] = [
    [Kind.cancel, call.id],
    [Kind.credit, call.id, firstItems],
  ];
  client.send(messages);
  await call.final();
  credit(client, call.id, firstItems);
  await client.settle();
});

test('a stream goes through many grants without losing or repeating an item', async ({ open }) => {
  const client = await open();
  const total = 5_000;
  const call = client.call('subscription', 'count', { n: total });
  for (let consumed = 0; consumed + firstItems < total; consumed += firstItems / 2) {
    await client.items(call.id, consumed + firstItems);
    credit(client, call.id, consumed + firstItems / 2);
  }
  expect((await call.final())[0]).toBe(Kind.end);
  const indexes = client.itemsOf(call.id).map(dataOf);
  expect(indexes).toEqual(Array.from({ length: total }, (_, index) => index));
});
