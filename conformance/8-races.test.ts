import { expect } from 'vitest';
import { streamRows } from './attachments.ts';
import { dataOf, isFinal, type Json, Kind, newKey } from './frames.ts';
import { callWith, itemsOf } from './own-streams.ts';
import { expectServes, suite } from './suite.ts';

const test = suite();

const error = { message: 'm', code: -32603, data: { code: 'INTERNAL_SERVER_ERROR', httpStatus: 500 } };

/** Messages for a call that is not in flight: each is ignored. */
const late = (id: number): [name: string, message: Json][] => [
  ['cancel', [Kind.cancel, id]],
  ['credit', [Kind.credit, id, 10]],
  ['credit with windows', [Kind.credit, id, 10, 128, 65_536]],
  ['result', [Kind.result, id, 'data']],
  ['error', [Kind.error, id, error]],
  ['started', [Kind.started, id]],
  ['item', [Kind.item, id, 'data']],
  ['tracked item', [Kind.item, id, 'data', 'event']],
  ['end', [Kind.end, id]],
  ['position', [Kind.position, id, 'event']],
  ['gap', [Kind.gap, id, 'dropped', 3]],
];

test.for(late(99))('%s for an id that was never used is ignored', async ([, message], { open }) => {
  const client = await open();
  client.send([message]);
  await client.settle();
  expect(client.of(99)).toEqual([]);
});

test.for(late(1))('%s for a call that is answered is ignored', async ([, message], { open }) => {
  const client = await open();
  await expectServes(client);
  client.send([message]);
  await client.settle();
  expect(client.of(1)).toHaveLength(1);
});

test.for(late(1))('%s for a subscription that has ended is ignored', async ([, message], { open }) => {
  const client = await open();
  const call = client.call('subscription', 'count', { n: 2 });
  await call.final();
  const before = client.of(call.id).length;
  client.send([message]);
  await client.settle();
  expect(client.of(call.id)).toHaveLength(before);
});

/** Messages for a stream inside a value that is not under way: each is ignored. */
const stray = (id: number): [name: string, message: Json][] => [
  ['cancel', [Kind.cancel, id]],
  ['credit', [Kind.credit, id, 10]],
  ['error', [Kind.error, id, error]],
  ['item', [Kind.item, id, 'data']],
  ['end', [Kind.end, id]],
  ['gap', [Kind.gap, id, 'dropped', 3]],
];

test.for(stray(-99))('%s for a stream that there never was is ignored', async ([, message], { open }) => {
  const client = await open();
  client.send([message]);
  await client.settle();
  expect([...client.of(-99), ...client.demands(-99)]).toEqual([]);
});

test.for(stray(-1))(
  '%s for a stream of an input that has ended is ignored',
  async ([, message], { open }) => {
    const client = await open();
    const call = callWith(client, 'query', 'sum', null, []);
    client.send([...itemsOf(call.stream, 3), [Kind.end, call.stream]]);
    expect(dataOf(await call.final())).toBe(3);
    client.send([message]);
    await client.settle();
  },
);

test.for(stray(-1))(
  '%s for a stream of a result that has ended is ignored',
  async ([, message], { open }) => {
    const client = await open();
    const [row] = streamRows(await client.call('query', 'pour', { key: newKey(), n: 2 }).final());
    expect(row?.id).toBe(-1);
    await client.final(-1);
    const before = client.of(-1).length;
    client.send([message]);
    await client.settle();
    expect(client.of(-1)).toHaveLength(before);
  },
);

test('streams of the two ends are numbered apart', async ({ open }) => {
  const client = await open();
  const call = callWith(client, 'query', 'relay', null, []);
  const [row] = streamRows(await call.final());
  // The same number from both ends, each with its own items and its own end.
  expect([call.stream, row?.id]).toEqual([-1, -1]);
  client.send([...itemsOf(-1, 2), [Kind.credit, -1, 0, 128], [Kind.end, -1]]);
  expect((await client.final(-1))[0]).toBe(Kind.end);
  expect(client.itemsOf(-1).map(dataOf)).toEqual([0, 0, 1, 1]);
});

test('a cancel that crosses the end of a stream', async ({ open }) => {
  const client = await open();
  for (let round = 0; round < 20; round++) {
    const [row] = streamRows(await client.call('query', 'pour', { key: newKey(), n: 3 }).final());
    const id = row?.id ?? 0;
    client.send([
      [Kind.cancel, id],
      [Kind.cancel, id],
    ]);
    expect((await client.final(id))[0]).toBe(Kind.end);
  }
  await client.settle();
});

test('a late message does not spoil the others of its frame', async ({ open }) => {
  const client = await open();
  client.send([
    [Kind.cancel, 99],
    [Kind.query, 1, 'greet', { name: 'Ada' }],
    [Kind.credit, 98, 5],
  ]);
  expect(dataOf(await client.final(1))).toBe('hi Ada');
});

test('the messages of a frame are carried out in their order', async ({ open }) => {
  const client = await open();
  const key = newKey();
  const values = Array.from({ length: 100 }, (_, index) => index);
  client.send(values.map((value) => [Kind.mutation, value + 1, 'append', { key, value }]));
  for (const value of values) await client.final(value + 1);
  expect(await client.ask('query', 'ran', key)).toEqual(values);
});

test('frames are carried out in their order', async ({ open }) => {
  const client = await open();
  const key = newKey();
  const values = Array.from({ length: 100 }, (_, index) => index);
  for (const value of values) client.send([[Kind.mutation, value + 1, 'append', { key, value }]]);
  for (const value of values) await client.final(value + 1);
  expect(await client.ask('query', 'ran', key)).toEqual(values);
});

test('a cancel that crosses the final message', async ({ open }) => {
  const client = await open();
  for (let round = 0; round < 50; round++) {
    const call = client.call('query', 'greet', { name: 'Ada' });
    client.send([[Kind.cancel, call.id]]);
    await call.final();
  }
  await client.settle();
  expect(client.messages.filter(isFinal)).toHaveLength(53);
});

test('two cancels are as good as one', async ({ open }) => {
  const client = await open();
  const key = newKey();
  const call = client.call('query', 'slow', { key, stubborn: true });
  client.send([
    [Kind.cancel, call.id],
    [Kind.cancel, call.id],
  ]);
  client.send([[Kind.cancel, call.id]]);
  await client.ask('mutation', 'release', key);
  await call.final();
  await client.settle();
});

test('open and cancel, many times', async ({ open }) => {
  const client = await open();
  const rounds = 500;
  for (let id = 1; id <= rounds; id++) {
    client.send([
      [Kind.subscription, id, 'endless', { key: 'flood' }],
      [Kind.cancel, id],
    ]);
  }
  await client.when('every final message', () => client.finals().length === rounds || undefined);
  await client.settle();
});
