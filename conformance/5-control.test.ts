import { expect } from 'vitest';
import { type Frame, hello, isFinal, type Json, Kind, newKey, newSecret } from './frames.ts';
import { answerOf } from './resuming.ts';
import { ServerProcess } from './server-process.ts';
import { expectClosed, expectServes, suite } from './suite.ts';
import { closeCode, defaultLimit } from './tables.ts';

const test = suite();
const hasty = suite({ handshakeMs: 500 });
const lively = suite({ heartbeatMs: 100 });

const greet: Frame = [[Kind.query, 1, 'greet', { name: 'Ada' }]];

// hello

const malformedHellos: readonly [what: string, frame: Frame][] = [
  ['nothing more', ['hello']],
  ['null', ['hello', null]],
  ['an array', ['hello', []]],
  ['a string', ['hello', 'open']],
  ['an element too many', [...hello(), 1]],
  ['no mode', hello({ mode: undefined })],
  ['an unknown mode', hello({ mode: 'attach' })],
  ['no secret', hello({ secret: undefined })],
  ['a secret that is a number', hello({ secret: 1 })],
  ['an empty secret', hello({ secret: '' })],
  ['a short secret', hello({ secret: newSecret().slice(1) })],
  ['a long secret', hello({ secret: `${newSecret()}A` })],
  ['a padded secret', hello({ secret: `${newSecret()}=` })],
  ['a secret in plain base64', hello({ secret: `+/${newSecret().slice(2)}` })],
  ['no dial', hello({ dial: undefined })],
  ['a dial that is a string', hello({ dial: '1' })],
  ['a dial of 0', hello({ dial: 0 })],
  ['a negative dial', hello({ dial: -1 })],
  ['a fractional dial', hello({ dial: 1.5 })],
  ['a dial over 2^53 - 1', hello({ dial: 2 ** 53 })],
  ['no sent', hello({ sent: undefined })],
  ['a negative sent', hello({ sent: -1 })],
  ['no received', hello({ received: undefined })],
  ['a fractional received', hello({ received: 0.5 })],
  ['a sent other than 0 with open', hello({ sent: 1 })],
  ['a received other than 0 with open', hello({ received: 1 })],
  ['params that are an array', hello({ params: [] })],
  ['params that are a string', hello({ params: 'token' })],
  ['params that are null', hello({ params: null })],
  ['a server that is a number', hello({ server: 1 })],
  ['features that are a string', hello({ features: 'bytes' })],
  ['features that hold a number', hello({ features: ['bytes', 1] })],
  ['resume with a negative count', hello({ mode: 'resume', dial: 2, sent: -1 })],
];

test.for(malformedHellos)('a hello with %s is malformed', async ([, frame], { dial }) => {
  const client = await dial();
  client.send(frame);
  await expectClosed(client, 'malformed');
});

/** A valid `hello` of exactly `bytes` bytes of UTF-8, mostly of two-byte characters. */
function helloOf(bytes: number): Frame {
  const secret = newSecret();
  const room = bytes - Buffer.byteLength(JSON.stringify(hello({ secret, params: { fill: '' } })));
  return hello({ secret, params: { fill: 'é'.repeat(Math.floor(room / 2)) + 'x'.repeat(room % 2) } });
}

test('a hello of earlyBytes is taken', async ({ dial }) => {
  const client = await dial();
  client.send(helloOf(defaultLimit('earlyBytes')));
  await client.welcomed();
  await expectServes(client);
});

test('a hello over earlyBytes is too large', async ({ dial }) => {
  const client = await dial();
  client.send(helloOf(defaultLimit('earlyBytes') + 1));
  await expectClosed(client, 'too-large');
});

test('the secret of a session that exists is a known secret', async ({ dial, open }) => {
  const secret = newSecret();
  const client = await open({ secret });
  const other = await dial();
  other.send(hello({ secret, dial: 2 }));
  await expectClosed(other, 'known-secret');
  await expectServes(client);
});

test('two sessions whose secrets differ in one bit are two', async ({ open }) => {
  const secret = newSecret();
  const last = secret.startsWith('A') ? 'B' : 'A';
  await open({ secret });
  await open({ secret: `${last}${secret.slice(1)}` });
});

test('a first dial above 1 is right', async ({ open }) => {
  await expectServes(await open({ dial: 17 }));
});

// welcome

test('welcome names the session and the server, and not the secret', async ({ open }) => {
  const secret = newSecret();
  const one = await open({ secret });
  const two = await open();
  expect(one.welcome.session).not.toBe('');
  expect(one.welcome.session).not.toBe(two.welcome.session);
  expect(one.welcome.server).not.toBe('');
  expect(one.welcome.server).toBe(two.welcome.server);
  expect(JSON.stringify(one.frames)).not.toContain(secret);
});

// gone

test('a socket whose session is gone may open another', async ({ dial }) => {
  const client = await dial();
  client.send(hello({ mode: 'resume', dial: 2, sent: 7, received: 9 }));
  await client.control('gone');
  await client.open({ dial: 3 });
  expect(client.welcome).toMatchObject({ resumed: false, sent: 0, received: 0 });
  await expectServes(client);
});

test('calls may follow the hello that comes after gone at once', async ({ dial }) => {
  const client = await dial();
  client.send(hello({ mode: 'resume', dial: 2 }));
  await client.control('gone');
  client.send(hello({ dial: 3 }));
  await expectServes(client);
});

test('a data frame after gone is unexpected until there is a hello', async ({ dial }) => {
  const client = await dial();
  client.send(hello({ mode: 'resume', dial: 2 }));
  await client.control('gone');
  client.send(greet);
  await expectClosed(client, 'unexpected');
});

hasty('after gone the handshake has a new deadline', async ({ dial }) => {
  const client = await dial();
  client.send(hello({ mode: 'resume', dial: 2 }));
  await client.control('gone');
  await expectClosed(client, 'handshake-timeout');
});

// ack

test('an ack of frames that were never sent is a miscount', async ({ open }) => {
  const client = await open();
  await expectServes(client);
  client.send(['ack', client.sent, client.received + 1]);
  await expectClosed(client, 'miscount');
});

test('an ack with a wrong sent is a miscount', async ({ open }) => {
  const client = await open();
  await expectServes(client);
  client.send(['ack', client.sent + 1, client.received]);
  await expectClosed(client, 'miscount');
});

test('the acknowledgement of a data frame cannot be above what was sent', async ({ open }) => {
  const client = await open();
  await expectServes(client);
  client.send([client.received + 1, [Kind.query, 2, 'greet', { name: 'Ada' }]]);
  await expectClosed(client, 'miscount');
});

test('a data frame may carry an acknowledgement that is right or low', async ({ open }) => {
  const client = await open();
  await expectServes(client);
  await expectServes(client);
  client.send([client.received, [Kind.query, 3, 'greet', { name: 'Ada' }]]);
  await client.final(3);
  client.send([1, [Kind.query, 4, 'greet', { name: 'Ada' }]]);
  await client.final(4);
});

// ping and pong

test('a ping is answered with the counts of the server', async ({ open }) => {
  const client = await open();
  for (let round = 0; round < 3; round++) await expectServes(client);
  client.send([[Kind.cancel, 99]]);
  await client.ping();
  expect(client.frames.at(-1)).toEqual(['pong', client.received, client.sent]);
});

test('many pings at once get as many pongs', async ({ open }) => {
  const client = await open();
  for (let count = 0; count < 50; count++) client.send(['ping', 0, 0]);
  await client.when('50 pongs', () => client.frames.filter(([name]) => name === 'pong')[49]);
  await expectServes(client);
});

const pings: readonly Frame[] = [
  ['ping'],
  ['ping', 0],
  ['ping', 0, 0, 0],
  ['ping', -1, 0],
  ['ping', 0.5, 0],
  ['ping', '0', '0'],
  ['ping', null, null],
  ['pong', 0],
  ['pong', 0, '0'],
  ['ack'],
  ['ack', 0],
  ['ack', 0, -1],
  ['bye'],
  ['bye', 1000],
];

test.for(pings.map((frame) => [JSON.stringify(frame), frame] as const))(
  '%s is malformed',
  async ([, frame], { open }) => {
    const client = await open();
    client.send(frame);
    await expectClosed(client, 'malformed');
  },
);

test.for(['ping', 'pong'])('%s: a sent above what arrived is a miscount', async (name, { open }) => {
  const client = await open();
  await expectServes(client);
  client.send([name, client.sent + 1, client.received]);
  await expectClosed(client, 'miscount');
});

test.for(['ping', 'pong'])('%s: a sent below what arrived is a miscount', async (name, { open }) => {
  const client = await open();
  await expectServes(client);
  client.send([name, client.sent - 1, client.received]);
  await expectClosed(client, 'miscount');
});

test.for(['ping', 'pong'])('%s: a received above what was sent is a miscount', async (name, { open }) => {
  const client = await open();
  await expectServes(client);
  client.send([name, client.sent, client.received + 1]);
  await expectClosed(client, 'miscount');
});

test('a received below what was sent is no miscount: frames are on their way', async ({ open }) => {
  const client = await open();
  await expectServes(client);
  client.send(['ping', client.sent, 0]);
  await client.control('pong');
  await expectServes(client);
});

lively('a silent socket is pinged, and one that answers stays', async ({ open }) => {
  const client = await open();
  await expectServes(client);
  client.answersPings = false;
  expect(await client.control('ping')).toEqual(['ping', client.received, client.sent]);
  client.send(['pong', client.sent, client.received]);
  client.answersPings = true;
  await client.ping();
  await expectServes(client);
});

lively('there is no ping before welcome', async ({ dial, open }) => {
  const gate = newKey();
  const waiting = await dial();
  waiting.send(hello({ params: { gate } }));
  const other = await open();
  other.answersPings = false;
  await other.control('ping');
  expect(waiting.frames).toEqual([]);
  await other.ask('mutation', 'release', gate);
  await waiting.welcomed();
});

lively(
  'a socket on which nothing arrives any more is given up after pongGrace',
  { timeout: 5 * defaultLimit('pongGrace') },
  async ({ open }) => {
    const client = await open();
    client.answersPings = false;
    const start = performance.now();
    await client.whenClosed();
    // Timers may fire a little early by the clock of the other process.
    expect(performance.now() - start).toBeGreaterThan(defaultLimit('pongGrace') * 0.9);
  },
);

// bye

test('bye ends the session: its handlers are aborted', async ({ open }) => {
  const key = newKey();
  const client = await open();
  client.call('query', 'slow', { key });
  await client.ping();
  client.send(['bye', 'closed']);
  client.close(closeCode('closed'), 'closed');
  expect(await client.whenClosed()).toMatchObject({ code: closeCode('closed') });
  const witness = await open();
  expect(await witness.ask('query', 'whenAborted', key)).toBe(true);
});

test('after bye there is nothing to resume, and its secret opens nothing', async ({ dial, open }) => {
  const secret = newSecret();
  const client = await open({ secret });
  const kept = client.limit('window') > 0;
  await client.leave();
  const next = await dial();
  next.askFor(client);
  expect(await answerOf(next)).toBe(kept ? 'gone ended' : 'gone off');
  if (!kept) return;
  const again = await dial();
  again.send(hello({ secret, dial: 3 }));
  expect(await answerOf(again)).toBe('bye known-secret');
});

test('what follows bye is ignored', async ({ open }) => {
  const name = newKey();
  const client = await open();
  client.send(['bye', 'closed']);
  client.send([[Kind.mutation, 1, 'rename', name]]);
  client.sendText('no frame');
  client.close(closeCode('closed'), 'closed');
  await client.whenClosed();
  expect(client.frames.filter(([first]) => first === 'bye')).toEqual([]);
  const witness = await open();
  await witness.settle();
  expect(await witness.ask('query', 'ran', name)).toEqual([]);
});

test('what follows a violation is ignored', async ({ open }) => {
  const name = newKey();
  const client = await open();
  client.sendText('no frame');
  client.send([[Kind.mutation, 1, 'rename', name]]);
  client.sendText('no frame either');
  await expectClosed(client, 'malformed');
  expect(client.messages.filter(isFinal)).toEqual([]);
  const witness = await open();
  expect(await witness.ask('query', 'ran', name)).toEqual([]);
});

test('a server that closes says going-away', async ({ dial }) => {
  const server = await ServerProcess.start();
  const client = await dial({ url: server.url });
  await client.open();
  const stream = client.call('subscription', 'endless', { key: newKey() });
  await client.items(stream.id, 1);
  client.call('query', 'slow', { key: newKey() });
  await client.ping();
  server.terminate();
  await expectClosed(client, 'going-away');
  expect(await server.stop(8_000)).toEqual({ code: 0, errors: '' });
});

// Control frames that only a server sends have their place in the text, but not here.
const misdirected: readonly [name: string, frame: Frame][] = [
  [
    'welcome',
    ['welcome', { session: 's', server: 'k', resumed: false, sent: 0, received: 0, limits: {} } as Json],
  ],
  ['gone', ['gone', 'expired']],
];

test.for(misdirected)('%s from a client is refused', async ([, frame], { open }) => {
  const client = await open();
  client.send(frame);
  const codes = [closeCode('malformed'), closeCode('unexpected')];
  expect(codes).toContain((await client.whenClosed()).code);
});
