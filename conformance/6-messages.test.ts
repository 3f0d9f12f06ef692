import { expect } from 'vitest';
import { dataOf, errorCode, eventOf, isObject, type Json, Kind, type Message, newKey } from './frames.ts';
import { expectClosed, expectServes, suite } from './suite.ts';
import { closeCode } from './tables.ts';

const test = suite();

const ada = { name: 'Ada' };
const tooBig = 2 ** 53;

// Shapes

const malformed: readonly Json[] = [
  [1],
  [1, 1],
  [1, 1, 5],
  [1, 1, null],
  [1, 1, ['greet']],
  [1, '1', 'greet', ada],
  [1, null, 'greet', ada],
  [1, 0.5, 'greet', ada],
  [1, -1, 'greet', ada],
  [1, tooBig, 'greet', ada],
  [1, 1, 'greet', ada, null],
  [1, 1, 'greet', ada, 5],
  [1, 1, 'greet', ada, 'void'],
  [1, 1, 'greet', ada, []],
  [1, 1, 'greet', ada, {}, 0],
  [2, 1, 'rename', 'x', {}, 0],
  [3, 1, 'count', { n: 1 }, {}, 0],
  [4],
  [4, 1, 'data', {}, 0],
  [5, 1],
  [5, 1, { message: 'm', code: 1, data: {} }, 0],
  [6],
  [6, 1, 0],
  [7],
  [7, 1, 0, null, {}, 0],
  [8],
  [8, 1, 0, {}, 0],
  [9],
  [9, 1, 0],
  [9, '1'],
  [9, 0.5],
  [10],
  [10, 1],
  [10, 1, '1'],
  [10, 1, -1],
  [10, 1, 0.5],
  [10, 1, 1, 64, 1024, 0],
  [10, 1, 1, -1],
  [10, 1, 1, '64'],
  [10, 1, 1, 64, 0.5],
  [10, -1],
  [10, -1, -1],
  [9, -1, 0],
  [8, -1, 0, {}, 0],
  [7, -1, 0, null, {}, 0],
  [5, -1],
  [12, -1],
  [11, 1],
  [11, 1, 'e', 0],
  [12, 1],
  [12, 1, 'dropped', -1],
  [12, 1, 'dropped', 1, 0],
  [0, 1],
  [-1, 1],
  [1.5, 1, 'greet', ada],
  [15, 1],
  [16, 1],
  [99, 1],
  ['1', 1, 'greet', ada],
  [null, 1],
  [true, 1, 'greet', ada],
  [[1], 1, 'greet', ada],
];

test.for(malformed.map((message) => [JSON.stringify(message), message] as const))(
  'the message %s is malformed',
  async ([, message], { open }) => {
    const client = await open();
    client.send([message]);
    await expectClosed(client, 'malformed');
  },
);

test.for([
  [Kind.query, -1, 'greet', ada],
  [Kind.mutation, -1, 'rename', 'x'],
  [Kind.subscription, -1, 'count', { n: 1 }],
  [Kind.result, -1, 'data'],
  [Kind.started, -1],
  [Kind.position, -1, 'event'],
] as Message[])('kind %i does not have negative ids', async (message, { open }) => {
  const client = await open();
  client.send([message]);
  await expectClosed(client, 'malformed');
});

test.for([
  [
    'the same id twice',
    [
      [1, 1, 'greet', ada],
      [1, 1, 'greet', ada],
    ],
  ],
  [
    'an id that falls',
    [
      [1, 5, 'greet', ada],
      [1, 4, 'greet', ada],
    ],
  ],
  [
    'an id that falls behind one of another kind',
    [
      [3, 5, 'count', { n: 1 }],
      [2, 5, 'rename', 'x'],
    ],
  ],
] as [string, Json[]][])('%s is a bad id', async ([, messages], { open }) => {
  const client = await open();
  for (const message of messages) client.send([message]);
  await expectClosed(client, 'bad-id');
});

test('id 0 is refused: ids start at 1', async ({ open }) => {
  const client = await open();
  client.send([[Kind.query, 0, 'greet', ada]]);
  expect([closeCode('bad-id'), closeCode('malformed')]).toContain((await client.whenClosed()).code);
});

test('the id of a call that is answered cannot be used again', async ({ open }) => {
  const client = await open();
  await expectServes(client);
  client.send([[Kind.query, 1, 'greet', ada]]);
  await expectClosed(client, 'bad-id');
});

test('ids rise, but not by one', async ({ open }) => {
  const client = await open();
  for (const id of [3, 4, 1_000, Number.MAX_SAFE_INTEGER]) {
    client.send([[Kind.query, id, 'greet', ada]]);
    expect(dataOf(await client.final(id))).toBe('hi Ada');
  }
});

// Data and options

test.for([
  ['greet', ada, 'hi Ada'],
  ['nested.path.deep', undefined, 'deep'],
  ['nil', undefined, null],
  ['typeOf', 'x', 'string'],
  ['typeOf', 0, 'number'],
  ['typeOf', false, 'boolean'],
  ['typeOf', [], 'object'],
  ['typeOf', null, 'null'],
  ['typeOf', undefined, 'undefined'],
] as [string, Json | undefined, Json][])('query %s of %j', async ([path, input, data], { open }) => {
  const client = await open();
  const answer = await client.call('query', path, input).final();
  expect(answer).toEqual([Kind.result, 1, data]);
});

test('a result that is undefined has no data', async ({ open }) => {
  const client = await open();
  const answer = await client.call('query', 'nothing').final();
  expect(answer[0]).toBe(Kind.result);
  expect(dataOf(answer)).toBeUndefined();
});

test('an input of null with void is undefined', async ({ open }) => {
  const client = await open();
  const call = client.call('query', 'typeOf', null, { void: 1, timeout: 60_000 });
  expect(dataOf(await call.final())).toBe('undefined');
});

test('an input of null without void is null', async ({ open }) => {
  const client = await open();
  const call = client.call('query', 'typeOf', null, { timeout: 60_000 });
  expect(dataOf(await call.final())).toBe('null');
});

test('unknown options are ignored', async ({ open }) => {
  const client = await open();
  client.sendText('[[1,1,"greet",{"name":"Ada"},{"nope":[1],"constructor":1,"__proto__":{"void":1}}]]');
  expect(dataOf(await client.final(1))).toBe('hi Ada');
});

test('__proto__ in an input changes no prototype', async ({ open }) => {
  const client = await open();
  client.sendText('[[1,1,"greet",{"name":"Ada","__proto__":{"polluted":true}}]]');
  expect(dataOf(await client.final(1))).toBe('hi Ada');
  expect(await client.ask('query', 'polluted')).toBe(false);
});

for (const depth of [20_000, 90_000, 500_000]) {
  test(`an input that is nested ${depth} deep harms nobody`, async ({ open }) => {
    const client = await open();
    client.sendText(`[[1,1,"typeOf",${'['.repeat(depth)}${']'.repeat(depth)}]]`);
    expect([Kind.result, Kind.error]).toContain((await client.final(1))[0]);
    await expectServes(client);
  });
}

test('a mutation runs once and is answered', async ({ open }) => {
  const client = await open();
  const key = newKey();
  expect(await client.ask('mutation', 'rename', key)).toBe(key);
  expect(await client.ask('query', 'ran', key)).toEqual([key]);
});

// Errors of one call

test.for(['constructor', '__proto__', 'toString', 'hasOwnProperty', 'prototype', '_def', 'createCaller'])(
  'no path is special: %s is not found',
  async (path, { open }) => {
    const client = await open();
    for (const name of ['query', 'mutation', 'subscription'] as const) {
      expect(await client.refusal(name, path)).toBe('NOT_FOUND');
    }
    await expectServes(client);
  },
);

test.for([
  '',
  '.',
  'nope',
  'greet.',
  '.greet',
  'greet.name',
  'nested',
  'nested.path',
  'nested.constructor',
  'Greet',
])('the unknown path "%s" is not found', async (path, { open }) => {
  const client = await open();
  expect(await client.refusal('query', path, ada)).toBe('NOT_FOUND');
  await expectServes(client);
});

test('a procedure of another type is not found', async ({ open }) => {
  const client = await open();
  const name = newKey();
  expect(await client.refusal('query', 'rename', name)).toBe('NOT_FOUND');
  expect(await client.refusal('mutation', 'greet', ada)).toBe('NOT_FOUND');
  expect(await client.refusal('query', 'count', { n: 1 })).toBe('NOT_FOUND');
  expect(await client.refusal('subscription', 'greet', ada)).toBe('NOT_FOUND');
  expect(await client.ask('query', 'ran', name)).toEqual([]);
});

test.for([
  ['query', 'greet', undefined],
  ['query', 'greet', null],
  ['query', 'greet', { name: 5 }],
  ['query', 'greet', 'Ada'],
  ['mutation', 'rename', {}],
  ['subscription', 'count', { n: 'many' }],
] as ['query' | 'mutation' | 'subscription', string, Json | undefined][])(
  'an input that does not validate is a bad request: %s %s %j',
  async ([name, path, input], { open }) => {
    const client = await open();
    const call = client.call(name, path, input);
    expect(errorCode(await call.final())).toBe('BAD_REQUEST');
    expect(client.of(call.id)).toHaveLength(1);
    await expectServes(client);
  },
);

test.for([
  ['error', 'INTERNAL_SERVER_ERROR'],
  ['trpc', 'CONFLICT'],
  ['string', 'INTERNAL_SERVER_ERROR'],
  ['null', 'INTERNAL_SERVER_ERROR'],
  ['undefined', 'INTERNAL_SERVER_ERROR'],
  ['object', 'INTERNAL_SERVER_ERROR'],
] as const)('a handler that throws (%s) is answered with %s', async ([what, code], { open }) => {
  const client = await open();
  expect(await client.refusal('query', 'throws', what)).toBe(code);
  await expectServes(client);
});

test('an error has the shape that tRPC makes', async ({ open }) => {
  const client = await open();
  const [, , shape] = await client.call('query', 'throws', 'trpc').final();
  expect(shape).toEqual({
    message: 'a tRPC error',
    code: -32009,
    data: { code: 'CONFLICT', httpStatus: 409, path: 'throws' },
  });
});

test.for(['circular', 'bigint', 'toJSON'])(
  'a result that cannot be serialised (%s) fails its call only',
  async (what, { open }) => {
    const client = await open();
    client.send([
      [Kind.query, 1, 'greet', ada],
      [Kind.query, 2, 'unserialisable', what],
      [Kind.query, 3, 'greet', ada],
    ]);
    expect(errorCode(await client.final(2))).toBe('INTERNAL_SERVER_ERROR');
    for (const id of [1, 3]) expect(dataOf(await client.final(id))).toBe('hi Ada');
    await expectServes(client);
  },
);

test('an answer over the limits fails its call only', async ({ open }) => {
  const client = await open();
  expect(await client.refusal('query', 'big', client.limit('frameBytes') + 1)).toBe('PAYLOAD_TOO_LARGE');
  await expectServes(client);
});

test('an answer of 1 MiB arrives', async ({ open }) => {
  const client = await open();
  const data = await client.ask('query', 'big', 2 ** 20);
  expect(typeof data === 'string' && data.length).toBe(2 ** 20);
});

// Deadlines, cancels and calls in flight

test('a call whose timeout passes is aborted and answered with TIMEOUT', async ({ open }) => {
  const client = await open();
  const key = newKey();
  const call = client.call('query', 'slow', { key }, { timeout: 50 });
  expect(errorCode(await call.final())).toBe('TIMEOUT');
  expect(await client.ask('query', 'whenAborted', key)).toBe(true);
  await client.settle();
});

test('a call that ends before its timeout has one final message', async ({ open }) => {
  const client = await open();
  const key = newKey();
  const quick = client.call('query', 'greet', ada, { timeout: 200 });
  const slow = client.call('query', 'slow', { key }, { timeout: 60_000 });
  await client.ask('mutation', 'release', key);
  expect(dataOf(await slow.final())).toBe('released');
  expect(dataOf(await quick.final())).toBe('hi Ada');
  // Passes the quick call's timeout: another call's deadline is the clock.
  const clock = client.call('query', 'slow', { key: newKey() }, { timeout: 300 });
  expect(errorCode(await clock.final())).toBe('TIMEOUT');
  expect(client.of(quick.id)).toHaveLength(1);
});

test('cancel aborts the signal of a handler and the call gets one final message', async ({ open }) => {
  const client = await open();
  const key = newKey();
  const call = client.call('query', 'slow', { key });
  await client.ping();
  expect(await client.ask('query', 'aborted', key)).toBe(false);
  client.send([[Kind.cancel, call.id]]);
  expect(await client.ask('query', 'whenAborted', key)).toBe(true);
  await call.final();
  await client.settle();
  expect(client.of(call.id)).toHaveLength(1);
});

test('the final message of a cancelled call waits for its handler', async ({ open }) => {
  const client = await open();
  const key = newKey();
  const call = client.call('query', 'slow', { key, stubborn: true });
  client.send([[Kind.cancel, call.id]]);
  expect(await client.ask('query', 'whenAborted', key)).toBe(true);
  await client.settle();
  expect(client.of(call.id)).toEqual([]);
  await client.ask('mutation', 'release', key);
  await call.final();
  await client.settle();
  expect(client.of(call.id)).toHaveLength(1);
});

test('a cancel in the frame of its call', async ({ open }) => {
  const client = await open();
  const key = newKey();
  client.send([
    [Kind.query, 1, 'slow', { key }],
    [Kind.subscription, 2, 'endless', { key }],
    [Kind.cancel, 1],
    [Kind.cancel, 2],
  ]);
  await client.final(1);
  await client.final(2);
  await client.settle();
});

test('calls over the limit are not run, and a cancelled call keeps its slot', { timeout: 60_000 }, async ({
  open,
}) => {
  const client = await open();
  // What could be early is measured more widely.
  client.acknowledge(Number.POSITIVE_INFINITY);
  const calls = client.limit('calls');
  const [key, stubborn] = [newKey(), newKey()];
  const slow = (id: number): Json => [
    Kind.query,
    id,
    'slow',
    { key: id === 1 ? stubborn : key, stubborn: true },
  ];
  const ids = Array.from({ length: calls }, (_, index) => index + 1);
  for (let start = 0; start < calls; start += 1_000) client.send(ids.slice(start, start + 1_000).map(slow));
  const over = client.call('mutation', 'rename', key);
  expect(errorCode(await over.final())).toBe('TOO_MANY_REQUESTS');
  client.send([[Kind.cancel, 1]]);
  expect(errorCode(await client.call('query', 'greet', ada).final())).toBe('TOO_MANY_REQUESTS');
  expect(client.finals()).toHaveLength(2);
  const witness = await open();
  expect(await witness.ask('query', 'ran', key)).toEqual([]);
  await witness.ask('mutation', 'release', stubborn);
  await client.final(1);
  await expectServes(client);
  await witness.ask('mutation', 'release', key);
  await client.when('every answer', () => client.finals().length === calls + 3 || undefined);
  await expectServes(client);
});

// Subscriptions

test('a subscription is accepted, gives its items in order and ends', async ({ open }) => {
  const client = await open();
  const call = client.call('subscription', 'count', { n: 5 });
  await call.final();
  const expected: Message[] = [0, 1, 2, 3, 4].map((index) => [Kind.item, call.id, index]);
  expect(client.of(call.id)).toEqual([[Kind.started, call.id], ...expected, [Kind.end, call.id]]);
});

test('a subscription without items is accepted and ends', async ({ open }) => {
  const client = await open();
  const call = client.call('subscription', 'count', { n: 0 });
  await call.final();
  expect(client.of(call.id)).toEqual([
    [Kind.started, call.id],
    [Kind.end, call.id],
  ]);
});

test('a subscription that fails before its stream exists is not started', async ({ open }) => {
  const client = await open();
  const call = client.call('subscription', 'refusing');
  expect(errorCode(await call.final())).toBe('CONFLICT');
  expect(client.of(call.id)).toHaveLength(1);
});

test.for([
  ['throw', 'CONFLICT'],
  ['circular', 'INTERNAL_SERVER_ERROR'],
  ['bigint', 'INTERNAL_SERVER_ERROR'],
  ['toJSON', 'INTERNAL_SERVER_ERROR'],
] as const)('a stream that fails (%s) ends with an error', async ([what, code], { open }) => {
  const client = await open();
  const call = client.call('subscription', 'failing', what);
  expect(errorCode(await call.final())).toBe(code);
  expect(client.itemsOf(call.id).map(dataOf)).toEqual(['first']);
  await expectServes(client);
});

test('items of undefined, null and tracked events', async ({ open }) => {
  const client = await open();
  const call = client.call('subscription', 'values');
  await call.final();
  const items = client.itemsOf(call.id).map((item) => [dataOf(item), eventOf(item)]);
  expect(items).toEqual([
    [undefined, undefined],
    [null, undefined],
    [undefined, 'e1'],
    [null, 'e2'],
  ]);
});

test.for([
  ['from the start', undefined, {}, ['1', '2', '3']],
  ['after, beside no input', undefined, { after: '1' }, ['2', '3']],
  ['after, beside an input', { upTo: 4 }, { after: '2' }, ['3', '4']],
  ['lastEventId in the input', { lastEventId: '2' }, {}, ['3']],
  ['after the last event', { upTo: 3 }, { after: '3' }, []],
] as [string, Json | undefined, { [key: string]: Json }, string[]][])(
  'a tracked subscription continues: %s',
  async ([, input, options, expected], { open }) => {
    const client = await open();
    const all = input === undefined ? { void: 1, ...options } : options;
    const call = client.call('subscription', 'events', input, all);
    await call.final();
    expect(client.itemsOf(call.id).map(eventOf)).toEqual(expected);
    for (const item of client.itemsOf(call.id))
      expect(dataOf(item)).toEqual({ event: Number(eventOf(item)) });
  },
);

test('a cancelled subscription ends, and its generator is returned', async ({ open }) => {
  const client = await open();
  const key = newKey();
  const call = client.call('subscription', 'endless', { key });
  await client.items(call.id, 1);
  client.send([[Kind.cancel, call.id]]);
  expect((await call.final())[0]).toBe(Kind.end);
  const seen = await client.ask('query', 'pulled', key);
  expect(isObject(seen) && seen['returned']).toBe(true);
  await client.settle();
});

test('calls of one session answer in the order of their ends', async ({ open }) => {
  const client = await open();
  const key = newKey();
  const slow = client.call('query', 'slow', { key });
  await expectServes(client);
  expect(client.of(slow.id)).toEqual([]);
  await client.ask('mutation', 'release', key);
  expect(dataOf(await slow.final())).toBe('released');
});
