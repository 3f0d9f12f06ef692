import { expect } from 'vitest';
import { dataOf, errorCode, hello, isCount, type Json, Kind, newKey } from './frames.ts';
import type { RawClient } from './raw-client.ts';
import { quiet, quietFrame, release } from './resuming.ts';
import { expectClosed, suite } from './suite.ts';
import { announcedLimits, defaultLimit, table } from './tables.ts';

const calls = 8;
const messageBytes = 16_384;

const test = suite();
const tight = suite({ limits: { calls, messageBytes } });

test('welcome announces limits of the table, and those only', async ({ open }) => {
  const { welcome } = await open();
  for (const [name, value] of Object.entries(welcome.limits)) {
    expect(announcedLimits).toContain(name);
    expect(isCount(value)).toBe(true);
  }
});

test('the limits of a server agree with each other', async ({ open }) => {
  const client = await open();
  expect(client.limit('frameBytes')).toBeGreaterThanOrEqual(client.limit('messageBytes'));
  for (const name of ['calls', 'streamItems', 'streamBytes', 'heartbeat']) {
    expect(client.limit(name)).toBeGreaterThan(0);
  }
});

test('the kinds of this suite are those of the page', () => {
  expect(Object.fromEntries(table('message-kinds').map(([name, kind]) => [name, Number(kind)]))).toEqual(
    Kind,
  );
});

test('every close name has a code of its own, and fits a close reason', () => {
  const rows = table('close-codes');
  expect(new Set(rows.map(([name]) => name)).size).toBe(rows.length);
  expect(new Set(rows.map(([, code]) => code)).size).toBe(rows.length);
  for (const [name = ''] of rows) expect(Buffer.byteLength(name)).toBeLessThanOrEqual(123);
});

// What may have been sent early is measured by the defaults, if they are wider.

const earlyFrames = defaultLimit('earlyFrames');
const earlyBytes = defaultLimit('earlyBytes');

const slowCalls = (first: number, count: number, key: string): Json[] =>
  Array.from({ length: count }, (_, index) => [Kind.query, first + index, 'slow', { key }]);

/** Sends a message that is over what this server announces, and within the default. */
function sendLarge(client: RawClient): number {
  return client.call('query', 'size', 'x'.repeat(messageBytes)).id;
}

tight('welcome announces the limits that are in force', async ({ open }) => {
  const client = await open();
  expect(client.welcome.limits).toMatchObject({ calls, messageBytes });
});

tight('a message that comes before welcome is measured by the default', async ({ dial }) => {
  const client = await dial();
  client.send(hello());
  expect(dataOf(await client.final(sendLarge(client)))).toBe(messageBytes);
});

tight('a message that may have been early is measured by the default', async ({ open }) => {
  const client = await open();
  expect(dataOf(await client.final(sendLarge(client)))).toBe(messageBytes);
});

tight.for(['ack', 'ping', 'pong'])(
  "after a client's %s its messages are measured by what is announced",
  async (name, { open }) => {
    const client = await open();
    client.send([name, 0, 0]);
    sendLarge(client);
    await expectClosed(client, 'too-large');
  },
);

tight('after earlyFrames frames no more can be early', async ({ open }) => {
  const client = await open();
  for (let count = 0; count < earlyFrames; count++) client.send(quiet);
  sendLarge(client);
  await expectClosed(client, 'too-large');
});

tight('after earlyBytes bytes no more can be early', async ({ open }) => {
  const client = await open();
  for (let count = 0; count < 5; count++) client.send(quietFrame(messageBytes - 100));
  expect(5 * messageBytes).toBeGreaterThan(earlyBytes);
  sendLarge(client);
  await expectClosed(client, 'too-large');
});

tight('a frame that was early and is sent again is measured as it was', async ({ dial, open, skip }) => {
  const [witness, unheard] = [await open(), await dial()];
  skip(witness.limit('window') === 0, 'no window');
  const gate = newKey();
  unheard.send(hello({ params: { gate } }));
  const id = sendLarge(unheard);
  expect(await witness.ask('query', 'whenAsked', gate)).toBe(true);
  unheard.drop();
  const client = await dial();
  client.askFor(unheard, { params: {} });
  await client.welcomed();
  expect(client.welcome.received).toBe(0);
  client.sendAgain();
  expect(dataOf(await client.final(id))).toBe(messageBytes);
  await release(witness, gate);
});

tight('a message of messageBytes is always taken', async ({ open }) => {
  const client = await open();
  client.acknowledge(Number.POSITIVE_INFINITY);
  const room = messageBytes - JSON.stringify([Kind.query, 1, 'size', '']).length;
  expect(await client.ask('query', 'size', 'x'.repeat(room))).toBe(room);
  client.call('query', 'size', 'x'.repeat(room + 1));
  await expectClosed(client, 'too-large');
});

tight(
  'calls that come before welcome are counted by the default, later ones by what is announced',
  async ({ dial, open }) => {
    const key = newKey();
    const client = await dial();
    client.send(hello());
    client.send(slowCalls(1, 2 * calls, key));
    await client.welcomed();
    client.acknowledge(Number.POSITIVE_INFINITY);
    expect(errorCode(await client.call('query', 'greet', { name: 'Ada' }).final())).toBe('TOO_MANY_REQUESTS');
    await release(await open(), key);
    for (let id = 1; id <= 2 * calls; id++) expect(dataOf(await client.final(id))).toBe('released');
    client.send(slowCalls(1_000, calls + 1, newKey()));
    expect(errorCode(await client.final(1_000 + calls))).toBe('TOO_MANY_REQUESTS');
    expect(client.of(1_000)).toEqual([]);
  },
);

tight('an answer over messageBytes fails its call only', async ({ open }) => {
  const client = await open();
  expect(await client.refusal('query', 'big', messageBytes)).toBe('PAYLOAD_TOO_LARGE');
  expect(await client.ask('query', 'greet', { name: 'Ada' })).toBe('hi Ada');
});
