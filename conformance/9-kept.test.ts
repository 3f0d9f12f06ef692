import { expect } from 'vitest';
import { contentOf, type DataFrame } from './data-frame.ts';
import { dataOf, type Frame, isObject, Kind, newKey } from './frames.ts';
import type { RawClient } from './raw-client.ts';
import { answerOf, dataFrames, standstill } from './resuming.ts';
import { expectClosed, expectServes, suite } from './suite.ts';
import { defaultLimit } from './tables.ts';

const mebibyte = 2 ** 20;
const windowBytes = 16_384;

const test = suite({}, { window: true });
const narrow = suite({ limits: { windowBytes } }, { window: true });
const wide = suite({ limits: { windowBytes: 16 * mebibyte } }, { window: true });

/** The last number of each is a count of frames of the server that arrived. */
const ways: readonly [what: string, tell: (client: RawClient, received: number) => void][] = [
  ['ack', (client, received) => client.send(['ack', client.sent, received])],
  ['ping', (client, received) => client.send(['ping', client.sent, received])],
  ['pong', (client, received) => client.send(['pong', client.sent, received])],
  ['the number that leads a data frame', (client, received) => client.send([received, [Kind.cancel, 99]])],
];

function lengthOf(frames: readonly DataFrame[]): number {
  return frames.reduce((length, { bytes }) => length + bytes, 0);
}

/** What was kept when the last message was taken into a frame. */
function keptBeforeLast(client: RawClient): number {
  return lengthOf(client.data) - JSON.stringify(client.messages.at(-1)).length;
}

async function pulled(client: RawClient, key: string): Promise<number> {
  const seen = await client.ask('query', 'pulled', key);
  return isObject(seen) ? Number(seen['pulled']) : Number.NaN;
}

/** Asks for answers of about 1,000 bytes, each in a frame of its own. */
function askForMuch(client: RawClient, count: number): void {
  for (let round = 0; round < count; round++) client.call('query', 'big', 1_000);
}

// What is sent again

test('what was not acknowledged is sent again, with the same messages and in order', async ({
  open,
  resume,
}) => {
  const old = await open();
  old.acknowledgesUpTo = 0;
  for (let round = 0; round < 5; round++) await expectServes(old);
  await old.call('subscription', 'count', { n: 40 }).final();
  old.drop();
  const client = await resume(old);
  expect(client.welcome.sent).toBe(old.received);
  const again = await dataFrames(client, old.received);
  expect(again.map(contentOf)).toEqual(old.data.map(contentOf));
  await expectServes(client);
  expect(client.data).toHaveLength(old.received + 1);
});

test.for([1, 3, 5])(
  'a hello that counts %i of 6 frames gets the rest',
  async (received, { open, resume }) => {
    const old = await open();
    old.acknowledgesUpTo = 0;
    for (let round = 0; round < 6; round++) await expectServes(old);
    expect(old.received).toBe(6);
    old.drop();
    const client = await resume(old, { received });
    const again = await dataFrames(client, 6 - received);
    expect(again.map(contentOf)).toEqual(old.data.slice(received).map(contentOf));
    await client.settle();
    expect(client.received).toBe(6 + 3);
  },
);

test('what was acknowledged is not sent again', async ({ open, resume }) => {
  const old = await open();
  for (let round = 0; round < 5; round++) await expectServes(old);
  old.drop();
  const client = await resume(old);
  await client.ping();
  expect(client.data).toEqual([]);
  await client.settle();
});

test.for(ways)('%s acknowledges', async ([, tell], { dial, open, resume }) => {
  const old = await open();
  old.acknowledgesUpTo = 0;
  for (let round = 0; round < 4; round++) await expectServes(old);
  tell(old, 2);
  // A round trip that tells nothing.
  await expectServes(old);
  old.drop();
  const liar = await dial();
  liar.askFor(old, { received: 1 });
  expect(await answerOf(liar)).toBe('bye miscount');
  const client = await resume(old, { received: 2 });
  const again = await dataFrames(client, 3);
  expect(again.map(contentOf)).toEqual(old.data.slice(2).map(contentOf));
  await client.settle();
});

test('a hello that is accepted acknowledges', async ({ dial, open, resume }) => {
  const first = await open();
  first.acknowledgesUpTo = 0;
  for (let round = 0; round < 4; round++) await expectServes(first);
  first.drop();
  const second = await dial();
  second.acknowledgesUpTo = 3;
  await second.resume(first, { received: 3 });
  second.drop();
  const liar = await dial();
  liar.askFor(second, { received: 2 });
  expect(await answerOf(liar)).toBe('bye miscount');
  const third = await resume(second, { received: 3 });
  const again = await dataFrames(third, 1);
  expect(again.map(contentOf)).toEqual(first.data.slice(3).map(contentOf));
});

test('a lower acknowledgement is ignored', async ({ dial, open, resume }) => {
  const old = await open();
  old.acknowledgesUpTo = 0;
  for (let round = 0; round < 4; round++) await expectServes(old);
  for (const received of [3, 1, 0]) for (const [, tell] of ways) tell(old, received);
  await expectServes(old);
  old.drop();
  const liar = await dial();
  liar.askFor(old, { received: 2 });
  expect(await answerOf(liar)).toBe('bye miscount');
  const client = await resume(old, { received: 3 });
  const again = await dataFrames(client, old.received - 3);
  expect(again.map(contentOf)).toEqual(old.data.slice(3).map(contentOf));
});

test('frames are kept over any number of resumes', async ({ dial, open }) => {
  const first = await open();
  first.acknowledgesUpTo = 0;
  for (let round = 0; round < 3; round++) await expectServes(first);
  let last = first;
  for (let round = 1; round <= 5; round++) {
    last.drop();
    const next = await dial();
    next.acknowledgesUpTo = 0;
    await next.resume(last);
    await expectServes(next);
    expect(next.received).toBe(3 + round);
    last = next;
  }
  expect(last.data.slice(0, 3).map(contentOf)).toEqual(first.data.map(contentOf));
});

test('what the server lacks is sent again by the client, and carried out once and in order', async ({
  open,
  resume,
}) => {
  const key = newKey();
  const old = await open();
  const append = (value: number): Frame => [[Kind.mutation, old.nextId(), 'append', { key, value }]];
  for (const value of [0, 1]) old.send(append(value));
  await old.ping();
  for (const value of [2, 3, 4]) old.lose(append(value));
  old.drop();
  const client = await resume(old);
  expect(client.welcome.received).toBe(2);
  for (const id of [3, 4, 5]) await client.final(id);
  expect(await client.ask('query', 'ran', key)).toEqual([0, 1, 2, 3, 4]);
  await client.settle();
});

test('a stream goes on over many sockets; no item is missing and none comes twice', async ({
  open,
  resume,
}) => {
  const key = newKey();
  let client = await open();
  const { id } = client.call('subscription', 'endless', { key });
  const indexes: unknown[] = [];
  for (let round = 1; round <= 8; round++) {
    const due = indexes.length;
    const fresh = await client.items(id, round === 1 ? defaultLimit('firstItems') : 1);
    // The socket goes while items are on their way.
    client.send([[Kind.credit, id, due + fresh.length]]);
    client.drop();
    client.silence();
    indexes.push(...client.itemsOf(id).map(dataOf));
    client = await resume(client);
  }
  indexes.push(...(await client.items(id, 1)).map(dataOf));
  expect(indexes).toEqual(Array.from({ length: indexes.length }, (_, index) => index));
  expect(indexes.length).toBeGreaterThan(defaultLimit('firstItems'));
});

// Where the sender stops

narrow('the server sends no more answers near windowBytes, and goes on after an ack', async ({ open }) => {
  const [witness, client] = [await open(), await open()];
  client.acknowledgesUpTo = 0;
  askForMuch(client, 60);
  await standstill(client, witness);
  expect(keptBeforeLast(client)).toBeLessThan(windowBytes);
  expect(client.finals().length).toBeGreaterThan(0);
  client.acknowledge(Number.POSITIVE_INFINITY);
  await client.when('all answers', () => client.finals().length === 60 || undefined);
  await expectServes(client);
});

for (const [what, tell] of ways) {
  narrow(`a sender that has stopped goes on after ${what}`, async ({ open }) => {
    const [witness, client] = [await open(), await open()];
    client.acknowledgesUpTo = 0;
    askForMuch(client, 30);
    await standstill(client, witness);
    const before = client.received;
    client.acknowledgesUpTo = before;
    tell(client, before);
    await client.when('more answers', () => client.received > before || undefined);
    await standstill(client, witness);
    client.acknowledge(Number.POSITIVE_INFINITY);
    await client.when('all answers', () => client.finals().length === 30 || undefined);
  });
}

narrow('an acknowledgement frees no more than it says', async ({ open }) => {
  const [witness, client] = [await open(), await open()];
  client.acknowledgesUpTo = 0;
  askForMuch(client, 60);
  await standstill(client, witness);
  client.acknowledge(1);
  await standstill(client, witness);
  const kept = lengthOf(client.data.slice(1)) - JSON.stringify(client.messages.at(-1)).length;
  expect(kept).toBeLessThan(windowBytes);
  client.acknowledge(Number.POSITIVE_INFINITY);
  await client.when('all answers', () => client.finals().length === 60 || undefined);
});

narrow('a message that passes the bound goes alone', async ({ open }) => {
  const [witness, client] = [await open(), await open()];
  client.acknowledgesUpTo = 0;
  // Not over 64 KiB: that would be in parts.
  expect(await client.ask('query', 'big', 3 * windowBytes)).toHaveLength(3 * windowBytes);
  const next = client.call('query', 'greet', { name: 'Ada' });
  await standstill(client, witness);
  expect(client.of(next.id)).toEqual([]);
  client.acknowledge(Number.POSITIVE_INFINITY);
  expect(dataOf(await next.final())).toBe('hi Ada');
});

narrow('stream items stop at half of windowBytes, and answers pass them', async ({ open }) => {
  const key = newKey();
  const [witness, client] = [await open(), await open()];
  client.acknowledgesUpTo = 0;
  const { id } = client.call('subscription', 'endless', { key, bytes: 1_000 });
  await client.items(id, 1);
  await standstill(client, witness);
  expect(keptBeforeLast(client)).toBeLessThan(windowBytes / 2);
  await expectServes(client);
  const items = client.itemsOf(id).length;
  const ahead = await pulled(witness, key);
  await standstill(client, witness);
  expect(client.itemsOf(id)).toHaveLength(items);
  expect(await pulled(witness, key)).toBe(ahead);
  client.acknowledge(Number.POSITIVE_INFINITY);
  await client.items(id, defaultLimit('firstItems'));
});

narrow('a stream is not pulled while its session is at the bound', async ({ open }) => {
  const key = newKey();
  const [witness, client] = [await open(), await open()];
  client.acknowledgesUpTo = 0;
  const { id } = client.call('subscription', 'endless', { key, bytes: 1_000 });
  await client.items(id, 1);
  await standstill(client, witness);
  expect(await pulled(witness, key)).toBeLessThanOrEqual(client.itemsOf(id).length + 1);
});

narrow('what answers take up is not there for items', async ({ open }) => {
  const [witness, client] = [await open(), await open()];
  client.acknowledgesUpTo = 0;
  await client.ask('query', 'big', windowBytes / 2);
  const { id } = client.call('subscription', 'endless', { key: newKey(), bytes: 1_000 });
  await standstill(client, witness);
  expect(client.of(id)).toEqual([[Kind.started, id]]);
  client.acknowledge(Number.POSITIVE_INFINITY);
  await client.items(id, defaultLimit('firstItems'));
});

narrow(
  'what is sent again is still kept: nothing new comes before it is acknowledged',
  async ({ dial, open }) => {
    const [witness, old] = [await open(), await open()];
    old.acknowledgesUpTo = 0;
    await old.ask('query', 'big', 2 * windowBytes);
    old.drop();
    const client = await dial();
    client.acknowledgesUpTo = 0;
    await client.resume(old);
    const { id } = client.call('query', 'greet', { name: 'Ada' });
    await standstill(client, witness);
    expect(client.received).toBe(1);
    client.acknowledge(Number.POSITIVE_INFINITY);
    await client.final(id);
  },
);

narrow('answers that wait are sent after the resume', async ({ open, resume }) => {
  const [witness, old] = [await open(), await open()];
  old.acknowledgesUpTo = 0;
  askForMuch(old, 40);
  await standstill(old, witness);
  old.drop();
  const client = await resume(old);
  await client.when('all answers', () => client.finals().length === 40 || undefined);
  expect(new Set(client.finals().map(([, id]) => id)).size).toBe(40);
});

narrow('answers beyond answerBytes that nobody acknowledges are an overflow', async ({ dial, open }) => {
  const client = await open();
  client.acknowledgesUpTo = 0;
  for (let waiting = -1; waiting <= defaultLimit('answerBytes'); waiting += mebibyte) {
    client.call('query', 'big', mebibyte);
  }
  await expectClosed(client, 'overflow');
  const other = await dial();
  other.askFor(client);
  expect(await answerOf(other)).toBe('gone ended');
});

narrow('answers of just less than answerBytes wait', async ({ open }) => {
  const [witness, client] = [await open(), await open()];
  client.acknowledgesUpTo = 0;
  const count = Math.floor(defaultLimit('answerBytes') / mebibyte) - 1;
  for (let round = 0; round < count; round++) client.call('query', 'big', mebibyte);
  await standstill(client, witness);
  expect(client.finals().length).toBeLessThan(2);
  client.acknowledge(Number.POSITIVE_INFINITY);
  await client.when('all answers', () => client.finals().length === count || undefined);
});

// Sent again over a socket that is slow to take it

const large = 7;

/** A session whose server keeps more than a socket takes at once: less than half of its window, since it is in parts. */
async function keepMuch(client: RawClient): Promise<void> {
  client.acknowledgesUpTo = 0;
  for (let round = 0; round < large; round++) await client.ask('query', 'big', mebibyte);
  client.drop();
  client.silence();
}

wide('what a socket does not take at once follows before anything new', async ({ dial, open }) => {
  const [witness, old] = [await open(), await open()];
  await keepMuch(old);
  const client = await dial();
  client.stopReading();
  client.askFor(old);
  await witness.settle();
  client.read();
  await client.welcomed();
  // The pong counts the frames that were put on this socket before it; the monitor compares.
  await Promise.all([client.ping(), expectServes(client)]);
  expect(client.data).toHaveLength(old.received + 1);
  expect(client.data.slice(0, -1).map(contentOf)).toEqual(old.data.map(contentOf));
});

wide('a count of frames that this socket has not carried yet is a miscount', async ({ dial, open }) => {
  const [witness, old] = [await open(), await open()];
  await keepMuch(old);
  const client = await dial();
  client.stopReading();
  client.askFor(old);
  await witness.settle();
  client.read();
  await client.welcomed();
  client.acknowledgesUpTo = 0;
  client.send(['ack', client.sent, old.received]);
  await expectClosed(client, 'miscount');
});
