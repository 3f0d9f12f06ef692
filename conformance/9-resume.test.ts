import { expect } from 'vitest';
import { dataOf, hello, Kind, newKey, newSecret } from './frames.ts';
import { answerOf, append, dataFrames, quiet, release } from './resuming.ts';
import { expectClosed, expectServes, suite } from './suite.ts';
import { defaultLimit } from './tables.ts';

const test = suite({}, { window: true });
const lively = suite({ heartbeatMs: 100 }, { window: true });

// What a resume gives back

test('a session outlives its socket: its calls go on and their signals do not fire', async ({
  open,
  resume,
}) => {
  const key = newKey();
  const old = await open();
  const slow = old.call('query', 'slow', { key });
  const ticks = old.call('subscription', 'ticks', { symbol: key });
  await old.items(ticks.id, 2);
  old.drop();
  const client = await resume(old);
  const { session, server, sent, received } = old.welcome;
  expect(client.welcome).toMatchObject({ session, server, resumed: true, sent: old.received, received: 2 });
  expect([sent, received]).toEqual([0, 0]);
  expect(await client.ask('query', 'aborted', key)).toBe(false);
  await release(client, `${key} 12`);
  expect((await client.items(ticks.id, 1)).map(dataOf)).toEqual([{ price: 12 }]);
  await release(client, key);
  expect(dataOf(await slow.final().catch(() => client.final(slow.id)))).toBe('released');
});

test('what handlers finish while there is no socket is sent after the resume', async ({ open, resume }) => {
  const keys = [newKey(), newKey()];
  const [witness, old] = [await open(), await open()];
  const calls = keys.map((key) => old.call('query', 'slow', { key }));
  await old.ping();
  old.drop();
  await old.whenClosed();
  for (const key of keys) {
    await release(witness, key);
    expect(await witness.ask('query', 'whenEnded', key)).toBe(true);
  }
  const client = await resume(old);
  for (const { id } of calls) expect(dataOf(await client.final(id))).toBe('released');
});

test('a session may be resumed any number of times', async ({ open, resume }) => {
  let client = await open();
  for (let round = 0; round < 30; round++) {
    client.drop();
    client = await resume(client);
    expect(client.welcome.resumed).toBe(true);
  }
  await expectServes(client);
});

test('a session of which nothing was sent can be resumed', async ({ open, resume }) => {
  const old = await open();
  old.drop();
  const client = await resume(old);
  expect(client.welcome).toMatchObject({ resumed: true, sent: 0, received: 0 });
  await expectServes(client);
});

test('dials rise, by one or more', async ({ dial, open, resume }) => {
  const first = await open({ dial: 3 });
  first.drop();
  const second = await resume(first, { dial: 1_000 });
  second.drop();
  const late = await dial();
  late.askFor(second, { dial: 999 });
  expect(await answerOf(late)).toBe('bye stale-dial');
  await expectServes(await resume(second));
});

test('the context is made anew for each dial, for later calls', async ({ open, resume }) => {
  const old = await open({ params: { token: 'first' } });
  expect(await old.ask('query', 'params')).toEqual({ token: 'first' });
  old.drop();
  const client = await resume(old, { params: { token: 'second' } });
  expect(await client.ask('query', 'params')).toEqual({ token: 'second' });
});

test('a resume after which nothing is missing brings nothing', async ({ open, resume }) => {
  const old = await open();
  for (let round = 0; round < 3; round++) await expectServes(old);
  old.drop();
  const client = await resume(old);
  await client.ping();
  expect(client.data).toEqual([]);
});

// Counts

test('pings on a new socket count what it has carried', async ({ dial, open }) => {
  const old = await open();
  old.acknowledgesUpTo = 1;
  for (let round = 0; round < 3; round++) await expectServes(old);
  for (let count = 0; count < 4; count++) old.lose(quiet);
  old.drop();
  const client = await dial();
  client.askFor(old);
  await client.welcomed();
  expect([client.sent, client.welcome.received]).toEqual([3, 3]);
  // Four frames of the session are not on this socket yet; what the server says is compared by the monitor.
  await client.ping();
  client.sendAgain();
  expect(client.sent).toBe(7);
  await client.ping();
  await dataFrames(client, 2);
});

test.for(['ack', 'ping', 'pong'])(
  '%s: frames that are not on this socket yet are a miscount',
  async (name, { dial, open }) => {
    const old = await open();
    await expectServes(old);
    old.lose(quiet);
    old.drop();
    const client = await dial();
    client.askFor(old);
    await client.welcomed();
    client.send([name, 2, client.received]);
    await expectClosed(client, 'miscount');
  },
);

lively('pings of the server on a new socket count what it has carried', async ({ dial, open }) => {
  const old = await open();
  old.acknowledgesUpTo = 1;
  for (let round = 0; round < 3; round++) await expectServes(old);
  old.drop();
  const client = await dial();
  client.acknowledgesUpTo = 1;
  client.answersPings = false;
  await client.resume(old);
  expect(await client.control('ping')).toEqual(['ping', 3, 3]);
  client.send(['pong', client.sent, client.received]);
  client.answersPings = true;
  await client.ping();
});

// Sockets that overlap

test('a socket that is replaced is dropped without a closing handshake', async ({ open, resume }) => {
  const old = await open();
  await expectServes(old);
  const client = await resume(old);
  expect(await old.whenClosed()).toEqual({ code: 1006, reason: '' });
  expect(old.frames.filter(([name]) => name === 'bye')).toEqual([]);
  await expectServes(client);
});

test('what crosses the takeover on the old socket is carried out once, whichever socket brings it', async ({
  dial,
  open,
}) => {
  const key = newKey();
  let client = await open();
  const values = Array.from({ length: 25 }, (_, value) => value);
  for (const value of values) {
    const next = await dial();
    client.send(append(value + 1, key, value));
    await next.resume(client);
    client = next;
  }
  expect(await client.ask('query', 'ran', key)).toEqual(values);
});

test('the old socket serves until the resume is accepted, and its counts are read then', async ({
  dial,
  open,
}) => {
  const [gate, key] = [newKey(), newKey()];
  const [witness, old] = [await open(), await open()];
  old.acknowledgesUpTo = 0;
  const { id } = old.call('subscription', 'ticks', { symbol: key });
  await old.items(id, 2);
  const before = old.received;
  const client = await dial();
  client.askFor(old, { params: { gate } });
  expect(await witness.ask('query', 'whenAsked', gate)).toBe(true);
  await release(witness, `${key} 12`);
  await old.items(id, 3);
  expect(old.closed).toBeUndefined();
  expect(client.frames).toEqual([]);
  old.silence();
  await release(witness, gate);
  await client.welcomed();
  expect(client.welcome).toMatchObject({ resumed: true, sent: before + 1, received: 1 });
  expect((await client.items(id, 3)).map(dataOf)).toEqual([{ price: 10 }, { price: 11 }, { price: 12 }]);
  expect(await old.whenClosed()).toEqual({ code: 1006, reason: '' });
});

test('of two resumes that are being decided, the older is stale when the newer was accepted', async ({
  dial,
  open,
}) => {
  const gate = newKey();
  const [witness, old] = [await open(), await open()];
  old.drop();
  const older = await dial();
  older.askFor(old, { params: { gate } });
  expect(await witness.ask('query', 'whenAsked', gate)).toBe(true);
  const newer = await dial();
  newer.askFor(old, { dial: 3 });
  await newer.welcomed();
  await release(witness, gate);
  expect(await answerOf(older)).toBe('bye stale-dial');
  await expectServes(newer);
});

test('of two resumes that are being decided, the newer replaces the older', async ({ dial, open }) => {
  const gate = newKey();
  const [witness, old] = [await open(), await open()];
  old.drop();
  const newer = await dial();
  newer.askFor(old, { dial: 3, params: { gate } });
  expect(await witness.ask('query', 'whenAsked', gate)).toBe(true);
  const older = await dial();
  older.askFor(old, { dial: 2 });
  await older.welcomed();
  await release(witness, gate);
  await newer.welcomed();
  expect(await older.whenClosed()).toEqual({ code: 1006, reason: '' });
  await expectServes(newer);
});

// What a resume does not bring

test('nothing but hello precedes the answer to a resume', async ({ dial, open, resume }) => {
  const gate = newKey();
  const [witness, old] = [await open(), await open()];
  old.drop();
  const client = await dial();
  client.askFor(old, { params: { gate } });
  client.send([[Kind.query, 1, 'greet', { name: 'Ada' }]]);
  await expectClosed(client, 'unexpected');
  expect(client.messages).toEqual([]);
  await release(witness, gate);
  await expectServes(await resume(old, { dial: 3 }));
});

test('a data frame after the resume of a session that never was is unexpected', async ({ dial }) => {
  const client = await dial();
  client.send(hello({ mode: 'resume', dial: 2 }));
  client.send([[Kind.query, 1, 'greet', { name: 'Ada' }]]);
  await expectClosed(client, 'unexpected');
  expect(client.messages).toEqual([]);
});

test.for([
  ['this server', undefined, 'gone expired'],
  ['another run of the server', 'another', 'gone restarted'],
] as const)('the resume of a session of %s that never was', async ([, server, answer], { dial, open }) => {
  const witness = await open();
  const client = await dial();
  const named = server ?? witness.welcome.server;
  client.send(hello({ mode: 'resume', dial: 2, sent: 7, received: 9, server: named }));
  expect(await answerOf(client)).toBe(answer);
  await client.open({ dial: 3 });
  await expectServes(client);
});

test('a hello that names no server is told the reason too', async ({ dial }) => {
  const client = await dial();
  client.send(hello({ mode: 'resume', dial: 2 }));
  expect(await answerOf(client)).toBe('gone expired');
});

test('the secret of a session that was called gone opens none', async ({ dial }) => {
  const secret = newSecret();
  const client = await dial();
  client.send(hello({ mode: 'resume', secret, dial: 2 }));
  expect(await answerOf(client)).toBe('gone expired');
  const late = await dial();
  late.send(hello({ secret, dial: 1 }));
  late.send(append(1, secret, 0));
  expect(await answerOf(late)).toBe('bye known-secret');
  await client.open({ dial: 3 });
  expect(await client.ask('query', 'ran', secret)).toEqual([]);
});

// A socket that dies of itself

lively(
  'a session outlives a socket that was given up as dead',
  { timeout: 5 * defaultLimit('pongGrace') },
  async ({ open, resume }) => {
    const key = newKey();
    const old = await open();
    const { id } = old.call('query', 'slow', { key });
    old.answersPings = false;
    expect(await old.whenClosed()).toEqual({ code: 1006, reason: '' });
    const client = await resume(old);
    await release(client, key);
    expect(dataOf(await client.final(id))).toBe('released');
  },
);
