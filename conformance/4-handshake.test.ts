import { expect } from 'vitest';
import { dataOf, type Frame, hello, isObject, type Json, Kind, newKey, newSecret } from './frames.ts';
import type { RawClient } from './raw-client.ts';
import { answerOf, append, release } from './resuming.ts';
import { expectClosed, expectServes, suite } from './suite.ts';
import { defaultLimit } from './tables.ts';

const test = suite();
const hasty = suite({ handshakeMs: 500 });

const greet = (id: number): Frame => [[Kind.query, id, 'greet', { name: 'Ada' }]];

/** One data frame of exactly `bytes` bytes of UTF-8, of two-byte characters as far as possible. */
function wideFrame(id: number, bytes: number): string {
  const room = bytes - Buffer.byteLength(JSON.stringify([[Kind.query, id, 'size', '']]));
  const fill = 'é'.repeat(Math.floor(room / 2)) + 'x'.repeat(room % 2);
  return JSON.stringify([[Kind.query, id, 'size', fill]]);
}

/** The error that came with `bye`. */
function byeError(client: RawClient): { [key: string]: Json } {
  const error = client.frames.at(-1)?.[2];
  if (!isObject(error)) throw new Error(`no error in ${JSON.stringify(client.frames.at(-1))}`);
  return error;
}

hasty('a socket without hello is closed', async ({ dial }) => {
  await expectClosed(await dial(), 'handshake-timeout');
});

hasty('the deadline is over with the welcome', async ({ dial, open }) => {
  const client = await open();
  await expectClosed(await dial(), 'handshake-timeout');
  await expectServes(client);
});

test('hello is answered with welcome', async ({ dial }) => {
  const client = await dial();
  client.send(hello());
  const welcome = await client.welcomed();
  expect(welcome).toMatchObject({ resumed: false, sent: 0, received: 0 });
  await client.ping();
  expect(client.frames.filter(([name]) => name === 'welcome')).toHaveLength(1);
});

test.for([
  ['a data frame', [[1, 1, 'greet', { name: 'Ada' }]]],
  ['a cancel', [[9, 1]]],
  ['a ping', ['ping', 0, 0]],
] as [string, Frame][])('%s before hello is unexpected', async ([, frame], { dial }) => {
  const client = await dial();
  client.send(frame);
  await expectClosed(client, 'unexpected');
});

test('a malformed frame before hello is malformed', async ({ dial }) => {
  const client = await dial();
  client.sendText('GET / HTTP/1.1');
  await expectClosed(client, 'malformed');
});

test('a binary message before hello that is none of the two is malformed', async ({ dial }) => {
  const client = await dial();
  client.sendBinary(Uint8Array.of(9, 0, 0, 0, 0));
  await expectClosed(client, 'malformed');
});

test('what was sent before hello does not run after it', async ({ dial, open }) => {
  const name = newKey();
  const client = await dial();
  client.send([[Kind.mutation, 1, 'rename', name]]);
  client.send(hello());
  client.send([[Kind.mutation, 1, 'rename', name]]);
  await expectClosed(client, 'unexpected');
  const witness = await open();
  expect(await witness.ask('query', 'ran', name)).toEqual([]);
});

test('a second hello after welcome is unexpected', async ({ open }) => {
  const client = await open();
  client.send(hello({ dial: 2 }));
  await expectClosed(client, 'unexpected');
});

test('a second hello before welcome is unexpected', async ({ dial, open }) => {
  const gate = newKey();
  const client = await dial();
  client.send(hello({ params: { gate } }));
  client.send(hello({ dial: 2 }));
  await expectClosed(client, 'unexpected');
  await release(await open(), gate);
});

test('white space before a frame hides nothing from the handshake', async ({ dial, open }) => {
  const gate = newKey();
  const client = await dial();
  client.sendText(` ${JSON.stringify(hello({ params: { gate } }))}`);
  client.sendText(` ${JSON.stringify(hello({ dial: 2 }))}`);
  const witness = await open();
  await witness.settle();
  await release(witness, gate);
  await expectClosed(client, 'unexpected');
});

test('data frames may follow hello at once and wait for the context', async ({ dial, open }) => {
  const gate = newKey();
  const name = newKey();
  const client = await dial();
  client.send(hello({ params: { gate } }));
  client.send([[Kind.mutation, 1, 'rename', name]]);
  client.send(greet(2));
  const witness = await open();
  await witness.settle();
  expect(await witness.ask('query', 'ran', name)).toEqual([]);
  expect(client.frames).toEqual([]);
  await release(witness, gate);
  expect(dataOf(await client.final(1))).toBe(name);
  expect(dataOf(await client.final(2))).toBe('hi Ada');
  expect(client.welcome).toMatchObject({ resumed: false, sent: 0 });
  await client.ping();
});

test('a context that exists at once serves early frames too', async ({ dial }) => {
  const client = await dial();
  client.send(hello());
  for (let id = 1; id <= defaultLimit('earlyFrames'); id++) client.send(greet(id));
  for (let id = 1; id <= defaultLimit('earlyFrames'); id++)
    expect(dataOf(await client.final(id))).toBe('hi Ada');
});

test('earlyFrames frames are held, in order', async ({ dial, open }) => {
  const gate = newKey();
  const key = newKey();
  const client = await dial();
  client.send(hello({ params: { gate } }));
  const values = Array.from({ length: defaultLimit('earlyFrames') }, (_, index) => index);
  for (const value of values) client.send([[Kind.mutation, value + 1, 'append', { key, value }]]);
  const witness = await open();
  await release(witness, gate);
  for (const value of values) await client.final(value + 1);
  expect(await witness.ask('query', 'ran', key)).toEqual(values);
  await client.ping();
});

test('more than earlyFrames frames are too many', async ({ dial, open }) => {
  const gate = newKey();
  const client = await dial();
  client.send(hello({ params: { gate } }));
  for (let id = 1; id <= defaultLimit('earlyFrames') + 1; id++) client.send(greet(id));
  await expectClosed(client, 'too-many');
  await release(await open(), gate);
});

test('earlyBytes bytes of UTF-8 are held', async ({ dial, open }) => {
  const gate = newKey();
  const half = defaultLimit('earlyBytes') / 2;
  const client = await dial();
  client.send(hello({ params: { gate } }));
  client.sendText(wideFrame(1, half));
  client.sendText(wideFrame(2, half));
  await release(await open(), gate);
  for (const id of [1, 2]) expect((await client.final(id))[0]).toBe(Kind.result);
});

test('more than earlyBytes bytes are too many', async ({ dial, open }) => {
  const gate = newKey();
  const half = defaultLimit('earlyBytes') / 2;
  const client = await dial();
  client.send(hello({ params: { gate } }));
  client.sendText(wideFrame(1, half));
  client.sendText(wideFrame(2, half + 1));
  await expectClosed(client, 'too-many');
  await release(await open(), gate);
});

test('none of too many early frames is carried out', async ({ dial, open }) => {
  const gate = newKey();
  const name = newKey();
  const client = await dial();
  client.send(hello({ params: { gate } }));
  client.send([[Kind.mutation, 1, 'rename', name]]);
  for (let id = 2; id <= defaultLimit('earlyFrames') + 1; id++) client.send(greet(id));
  await expectClosed(client, 'too-many');
  const witness = await open();
  await release(witness, gate);
  await witness.settle();
  expect(await witness.ask('query', 'ran', name)).toEqual([]);
});

test.for([
  ['BAD_REQUEST', 'bad-request'],
  ['UNAUTHORIZED', 'unauthorized'],
  ['FORBIDDEN', 'forbidden'],
] as const)('a context that throws %s refuses', async ([code, name], { dial, open }) => {
  const key = newKey();
  const client = await dial();
  client.send(hello({ params: { refuse: code } }));
  client.send([[Kind.mutation, 1, 'rename', key]]);
  await expectClosed(client, name);
  const error = byeError(client);
  expect(error).toMatchObject({ message: `refused: ${code}`, data: { code } });
  expect(typeof error['code']).toBe('number');
  const witness = await open();
  expect(await witness.ask('query', 'ran', key)).toEqual([]);
});

test.for(['trouble', 'nothing', 'NOT_FOUND', 'INTERNAL_SERVER_ERROR', 'TOO_MANY_REQUESTS'])(
  'a context that fails otherwise (%s) is trouble',
  async (refuse, { dial, open }) => {
    const key = newKey();
    const client = await dial();
    client.send(hello({ params: { refuse } }));
    client.send([[Kind.mutation, 1, 'rename', key]]);
    await expectClosed(client, 'trouble');
    const witness = await open();
    expect(await witness.ask('query', 'ran', key)).toEqual([]);
  },
);

const failing = ['BAD_REQUEST', 'UNAUTHORIZED', 'FORBIDDEN', 'trouble', 'INTERNAL_SERVER_ERROR'];

test.for(failing)(
  'of a session whose only dial failed (%s) nothing is kept',
  async (refuse, { dial, open }) => {
    const key = newKey();
    const kept = (await open()).limit('window') > 0;
    const failed = await dial();
    failed.send(hello({ params: { refuse } }));
    failed.send(append(1, key, 0));
    expect(await answerOf(failed)).toMatch(/^bye /);
    const client = await dial();
    client.askFor(failed, { params: {} });
    expect(await answerOf(client)).toBe(kept ? 'gone not-opened' : 'gone off');
    await client.open({ dial: 3 });
    expect(await client.ask('query', 'ran', key)).toEqual([]);
  },
);

test.for(failing)(
  'the secret of a session whose only dial failed (%s) opens none',
  async (refuse, { dial, open, skip }) => {
    skip((await open()).limit('window') === 0, 'no window');
    const secret = newSecret();
    const failed = await dial();
    failed.send(hello({ secret, params: { refuse } }));
    expect(await answerOf(failed)).toMatch(/^bye /);
    const again = await dial();
    again.send(hello({ secret, dial: 2 }));
    expect(await answerOf(again)).toBe('bye known-secret');
  },
);

test('a socket that dies while its context is made: its frames are carried out once, if sessions are kept', async ({
  dial,
  open,
}) => {
  const gate = newKey();
  const name = newKey();
  const client = await dial();
  client.send(hello({ params: { gate } }));
  client.send([[Kind.mutation, 1, 'rename', name]]);
  const witness = await open();
  await witness.settle();
  client.drop();
  await client.whenClosed();
  await witness.settle();
  await release(witness, gate);
  await witness.settle();
  const ran = await witness.ask('query', 'ran', name);
  expect(ran).toEqual(witness.limit('window') > 0 ? [name] : []);
});

hasty('a context that takes too long is trouble, and carries nothing out', async ({ dial, open }) => {
  const [gate, name] = [newKey(), newKey()];
  const client = await dial();
  client.send(hello({ params: { gate } }));
  client.send([[Kind.mutation, 1, 'rename', name]]);
  await expectClosed(client, 'trouble');
  const witness = await open();
  await release(witness, gate);
  await witness.settle();
  expect(await witness.ask('query', 'ran', name)).toEqual([]);
});

test('a slow context holds nobody else up', async ({ dial, open }) => {
  const gate = newKey();
  const slow = await dial();
  slow.send(hello({ params: { gate } }));
  const other = await open();
  await expectServes(other);
  await release(other, gate);
  await slow.welcomed();
  await expectServes(slow);
});

test('params reach the context', async ({ open }) => {
  const params = { token: 'new', nested: { list: [1, null, 'é'] } };
  const client = await open({ params });
  expect(await client.ask('query', 'params')).toEqual(params);
});
