import { expect } from 'vitest';
import { type Path, streamRows } from './attachments.ts';
import { dataOf, type Frame, type Json, Kind, type Message, newKey } from './frames.ts';
import { itemsOf, sendItems, upTo } from './own-streams.ts';
import type { Call, RawClient } from './raw-client.ts';
import { expectClosed, expectServes, suite } from './suite.ts';
import { defaultLimit } from './tables.ts';

// Either end may call the other. Here the client is the callee.

const test = suite();

const firstItems = defaultLimit('firstItems');

/** An error shape, as tRPC makes it. */
const conflict: Json = { message: 'm', code: -32009, data: { code: 'CONFLICT', httpStatus: 409 } };

/** Has the server make a call, and waits for that. */
async function beAsked(
  client: RawClient,
  path: string,
  input: Json,
  number = 1,
): Promise<{ asking: Call; call: Message; id: number }> {
  const asking = client.call('mutation', path, input);
  const call = await client.called(number);
  return { asking, call, id: call[1] };
}

async function answerOf(asking: Call): Promise<Json | undefined> {
  return dataOf(await asking.final());
}

const question = (value: Json, type = 'query'): Json => ({ type, path: 'question', value });

// Queries and mutations

test.for([
  ['query', Kind.query],
  ['mutate', Kind.mutation],
] as const)('the server makes a call, and reads its result: %s', async ([type, kind], { open }) => {
  const client = await open();
  const { asking, call, id } = await beAsked(client, 'ask', question({ name: 'Ada' }, type));
  expect(call.slice(0, 4)).toEqual([kind, id, 'question', { name: 'Ada' }]);
  client.send([[Kind.result, id, ['hi', 'Ada']]]);
  expect(await answerOf(asking)).toEqual({ answer: ['hi', 'Ada'] });
});

test('calls of the two ends are numbered apart', async ({ open }) => {
  const client = await open();
  for (let round = 1; round <= 3; round++) {
    const { asking, id } = await beAsked(client, 'ask', question(round), round);
    // The same id of the other end is in flight, or over.
    client.send([[Kind.cancel, id + 1_000]]);
    client.send([[Kind.result, id, round]]);
    expect(await answerOf(asking)).toEqual({ answer: round });
  }
});

test('a call of the server whose answer is an error', async ({ open }) => {
  const client = await open();
  const { asking, id } = await beAsked(client, 'ask', question(1));
  client.send([[Kind.error, id, conflict]]);
  expect(await answerOf(asking)).toEqual({ error: 'CONFLICT' });
  await expectServes(client);
});

test('what comes after the final message of a call is ignored', async ({ open }) => {
  const client = await open();
  const { asking, id } = await beAsked(client, 'ask', question(1));
  client.send([
    [Kind.result, id, 'first'],
    [Kind.result, id, 'second'],
    [Kind.error, id, conflict],
    [Kind.end, id],
  ]);
  expect(await answerOf(asking)).toEqual({ answer: 'first' });
  await expectServes(client);
});

test('the server cancels what its handler gives up, and waits for the final message', async ({ open }) => {
  const client = await open();
  const { asking, id } = await beAsked(client, 'ask', question(1));
  client.send([[Kind.cancel, asking.id]]);
  await client.cancelled(id);
  await asking.final();
  client.send([[Kind.end, id]]);
  await client.settle();
});

test('answers may come in any order, and in parts', async ({ open }) => {
  const client = await open();
  const all = [];
  for (const number of [1, 2, 3]) all.push(await beAsked(client, 'ask', question(number), number));
  for (const { id } of [...all].reverse()) client.sendParts([Kind.result, id, `answer ${id}`], 10);
  for (const { asking, id } of all) expect(await answerOf(asking)).toEqual({ answer: `answer ${id}` });
});

test('an input of the server over 64 KiB arrives', async ({ open }) => {
  const client = await open();
  const value = 'x'.repeat(200_000);
  const { asking, call, id } = await beAsked(client, 'ask', question(value));
  expect(call[3] === value).toBe(true);
  client.send([[Kind.result, id, call[3]?.toString().length ?? 0]]);
  expect(await answerOf(asking)).toEqual({ answer: value.length });
});

test('a result that cannot be read fails its call only', async ({ open }) => {
  const client = await open();
  for (const [number, options] of [
    { streams: [[['items'], client.nextStream()]] },
    { bytes: [[['items'], 'u8', 0]] },
  ].entries()) {
    const { asking, id } = await beAsked(client, 'ask', question(number), number + 1);
    client.send([[Kind.result, id, { items: 1 }, options]]);
    expect(await answerOf(asking)).toMatchObject({ error: expect.any(String) });
  }
  await expectServes(client);
});

// Subscriptions

test('the server subscribes, gives credit and stops', async ({ open }) => {
  const key = newKey();
  const client = await open();
  const most = 3 * firstItems;
  const { asking, call, id } = await beAsked(client, 'listen', { key, most });
  expect(call.slice(0, 3)).toEqual([Kind.subscription, id, 'ticks']);
  client.send([[Kind.started, id]]);
  await sendItems(client, id, most);
  await client.cancelled(id);
  client.send([
    [Kind.item, id, 'late'],
    [Kind.end, id],
  ]);
  await asking.final();
  expect(await client.ask('query', 'ran', key)).toEqual(upTo(most));
});

test('a subscription of the server that ends by itself', async ({ open }) => {
  const key = newKey();
  const client = await open();
  const { asking, id } = await beAsked(client, 'listen', { key });
  client.send([[Kind.started, id], ...itemsOf(id, 3), [Kind.end, id]]);
  expect(await answerOf(asking)).toEqual({ answer: null });
  expect(await client.ask('query', 'ran', key)).toEqual([0, 1, 2]);
});

test('more items than the window of a subscription are too many', async ({ open }) => {
  const client = await open();
  const { id } = await beAsked(client, 'ask', question(1));
  const other = await beAsked(client, 'listen', { key: newKey(), gated: true }, 2);
  client.send([
    [Kind.result, id],
    [Kind.started, other.id],
  ]);
  // More than any window may be, and nobody consumes.
  client.send(itemsOf(other.id, client.limit('streamItems') + firstItems + 1));
  await expectClosed(client, 'too-many');
});

// Streams in inputs of the server

/** The stream in the input of a call of the server. */
function streamIn(call: Message): number {
  const [row] = streamRows(call);
  expect(row?.path).toEqual(['items']);
  return row?.id ?? 0;
}

test('an input of the server may hold a stream, which stops at its window', async ({ open }) => {
  const key = newKey();
  const client = await open();
  const { asking, call, id } = await beAsked(client, 'upload', { key, n: 1_000 });
  const stream = streamIn(call);
  await client.items(stream, firstItems);
  await client.settle();
  expect(client.itemsOf(stream)).toHaveLength(firstItems);
  client.send([[Kind.credit, stream, firstItems, 1_000]]);
  const items = await client.items(stream, 1_000);
  expect(items.map(dataOf)).toEqual(upTo(1_000));
  await client.ask('mutation', 'release', key);
  expect((await client.final(stream))[0]).toBe(Kind.end);
  client.send([[Kind.result, id, 'all']]);
  expect(await answerOf(asking)).toEqual({ answer: 'all' });
});

test('a callee that cancels the stream of an input gets its end, and answers', async ({ open }) => {
  const key = newKey();
  const client = await open();
  const { asking, call, id } = await beAsked(client, 'upload', { key, n: 1_000 });
  const stream = streamIn(call);
  await client.items(stream, 1);
  client.send([[Kind.cancel, stream]]);
  expect((await client.final(stream))[0]).toBe(Kind.end);
  client.send([[Kind.result, id, 'enough']]);
  expect(await answerOf(asking)).toEqual({ answer: 'enough' });
});

test('a call of the server that is over takes the streams of its input with it', async ({ open }) => {
  const key = newKey();
  const client = await open();
  const { asking, call, id } = await beAsked(client, 'upload', { key, n: 1_000 });
  const stream = streamIn(call);
  await client.items(stream, 1);
  client.send([[Kind.result, id, 'unread']]);
  expect(await answerOf(asking)).toEqual({ answer: 'unread' });
  expect([Kind.end, Kind.error]).toContain((await client.final(stream))[0]);
});

test('a server that cancels its call says so first, and then that its stream has failed', async ({
  open,
}) => {
  const key = newKey();
  const client = await open();
  const { asking, call, id } = await beAsked(client, 'upload', { key, n: 10 });
  const stream = streamIn(call);
  await client.items(stream, 10);
  client.send([[Kind.cancel, asking.id]]);
  await client.cancelled(id);
  expect((await client.final(stream))[0]).toBe(Kind.error);
  const order = client.messages.filter(([kind]) => kind === Kind.cancel || kind === Kind.error);
  expect(order.map(([kind, of]) => [kind, of])).toEqual([
    [Kind.cancel, id],
    [Kind.error, stream],
  ]);
  client.send([[Kind.end, id]]);
  await asking.final();
});

// Streams in results for the server

/** Answers a call of the server with a stream at `path`. */
function answerWith(client: RawClient, id: number, data: Json, path: Path): number {
  const stream = client.nextStream();
  client.send([[Kind.result, id, data, { streams: [[path, stream]] }]]);
  return stream;
}

test('a result for the server may be a stream: it gives credit', async ({ open }) => {
  const key = newKey();
  const client = await open();
  const { asking, id } = await beAsked(client, 'download', { key });
  const stream = answerWith(client, id, null, []);
  await sendItems(client, stream, 5 * firstItems);
  client.send([[Kind.end, stream]]);
  expect(await answerOf(asking)).toEqual({ answer: 5 * firstItems });
  expect(await client.ask('query', 'ran', key)).toEqual(upTo(5 * firstItems));
});

test('the server cancels a stream of which it wants no more', async ({ open }) => {
  const key = newKey();
  const client = await open();
  const { asking, id } = await beAsked(client, 'download', { key, most: 3 });
  const stream = answerWith(client, id, null, []);
  client.send(itemsOf(stream, 10));
  await client.cancelled(stream);
  client.send([...itemsOf(stream, 5, 10), [Kind.end, stream]]);
  expect(await answerOf(asking)).toEqual({ answer: 3 });
  await client.settle();
});

test('a stream of a result that ends with an error fails at the server', async ({ open }) => {
  const key = newKey();
  const client = await open();
  const { asking, id } = await beAsked(client, 'download', { key });
  const stream = answerWith(client, id, null, []);
  client.send([...itemsOf(stream, 2), [Kind.error, stream, conflict]]);
  expect(await answerOf(asking)).toEqual({ error: 'CONFLICT' });
  expect(await client.ask('query', 'ran', key)).toEqual([0, 1]);
});

test.for([
  ['bad-id', (stream) => [[Kind.query, 900, 'sum', null, { streams: [[[], stream]] }]]],
  ['too-many', (stream, most) => itemsOf(stream, most)],
] as [string, (stream: number, most: number) => Frame][])(
  'a stream of a result keeps to the rules of others: %s',
  async ([name, frame], { open }) => {
    const client = await open();
    const { id } = await beAsked(client, 'download', { key: newKey(), gated: true });
    const stream = answerWith(client, id, null, []);
    client.send(frame(stream, client.limit('streamItems') + firstItems + 1));
    await expectClosed(client, name);
  },
);

test('a result with a stream that crosses the cancel is ignored, and so is the stream', async ({ open }) => {
  const client = await open();
  const { asking, id } = await beAsked(client, 'ask', question(1));
  client.send([[Kind.cancel, asking.id]]);
  const stream = answerWith(client, id, null, []);
  await client.cancelled(id);
  // The cancel was for the streams of the result too.
  client.send([...itemsOf(stream, 3), [Kind.end, stream]]);
  await asking.final();
  await expectServes(client);
});
