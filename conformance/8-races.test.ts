import { expect } from 'vitest';
import { dataOf, isFinal, type Json, Kind, newKey } from './frames.ts';
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
