import { expect } from 'vitest';
import { hello, Kind, newKey, newSecret } from './frames.ts';
import { itemsOf, take } from './own-streams.ts';
import { answerOf, append, release } from './resuming.ts';
import { expectClosed, expectServes, suite } from './suite.ts';
import { closeCode } from './tables.ts';

const test = suite({ windowMs: 0 });

const mebibyte = 2 ** 20;

/** What is answered to the resume of this server's sessions, and to that of another run's. */
const answers = (server: string): readonly [server: string | undefined, answer: string][] => [
  [undefined, 'gone off'],
  [server, 'gone off'],
  ['another run', 'gone restarted'],
];

test('a server that keeps nothing announces no window', async ({ open }) => {
  expect((await open()).limit('window')).toBe(0);
});

test('the resume of a session that never was: off, or restarted', async ({ dial, open }) => {
  const witness = await open();
  for (const [server, answer] of answers(witness.welcome.server)) {
    const client = await dial();
    client.send(hello({ mode: 'resume', dial: 2, sent: 7, received: 9, server }));
    expect(await answerOf(client)).toBe(answer);
    await client.open({ dial: 3 });
    expect(client.welcome).toMatchObject({ resumed: false, sent: 0, received: 0 });
    await expectServes(client);
  }
});

test.for([
  ['a drop', undefined],
  ['close 1000 without bye', 1000],
  ['close 3000', 3000],
] as const)('%s ends the session: its handlers are aborted', async ([, code], { dial, open }) => {
  const key = newKey();
  const [witness, client] = [await open(), await open()];
  const stream = client.call('subscription', 'endless', { key });
  client.call('query', 'slow', { key });
  await client.items(stream.id, 1);
  await client.ping();
  if (code === undefined) client.drop();
  else client.close(code, '');
  await client.whenClosed();
  expect(await witness.ask('query', 'whenAborted', key)).toBe(true);
  expect(await witness.ask('query', 'idle')).toBe(true);
  for (const [server, answer] of answers(client.welcome.server)) {
    const next = await dial();
    next.askFor(client, { server });
    expect(await answerOf(next)).toBe(answer);
  }
});

test('a drop ends streams inside values: none looks complete', async ({ open }) => {
  const [key, other] = [newKey(), newKey()];
  const [witness, client] = [await open(), await open()];
  const call = take(client, key);
  client.send(itemsOf(call.stream, 3));
  await client.call('query', 'pour', { key: other }).final();
  await client.ping();
  client.drop();
  await client.whenClosed();
  for (const ended of [key, other]) expect(await witness.ask('query', 'whenEnded', ended)).toBe(true);
  expect(await witness.ask('query', 'ran', key)).not.toContain('complete');
});

test('a resume ends the session that the server still believed alive', async ({ dial, open }) => {
  for (const restarted of [false, true]) {
    const key = newKey();
    const [witness, old] = [await open(), await open()];
    old.call('query', 'slow', { key });
    await old.ping();
    const client = await dial();
    client.askFor(old, restarted ? { server: 'another run' } : {});
    expect(await answerOf(client)).toBe(restarted ? 'gone restarted' : 'gone off');
    expect(await witness.ask('query', 'whenAborted', key)).toBe(true);
    await old.whenClosed();
    await client.open({ dial: 3 });
    await expectServes(client);
  }
});

test('a resume whose counts are impossible ends it all the same', async ({ dial, open }) => {
  for (const counts of [{ sent: 0 }, { received: 99 }]) {
    const key = newKey();
    const [witness, old] = [await open(), await open()];
    old.call('query', 'slow', { key });
    await old.ping();
    const client = await dial();
    client.askFor(old, counts);
    expect(await answerOf(client)).toBe('gone off');
    expect(await witness.ask('query', 'whenAborted', key)).toBe(true);
    await old.whenClosed();
  }
});

test('a stale resume ends nothing', async ({ dial, open }) => {
  const client = await open({ dial: 5 });
  for (const number of [1, 4, 5]) {
    const late = await dial();
    late.askFor(client, { dial: number });
    expect(await answerOf(late)).toBe('bye stale-dial');
  }
  await expectServes(client);
});

test('the secret of a session that exists opens no other', async ({ dial, open }) => {
  const secret = newSecret();
  const client = await open({ secret });
  const other = await dial();
  other.send(hello({ secret, dial: 2 }));
  expect(await answerOf(other)).toBe('bye known-secret');
  await expectServes(client);
});

test('a data frame after a resume is unexpected', async ({ dial }) => {
  const client = await dial();
  client.send(hello({ mode: 'resume', dial: 2 }));
  client.send([[Kind.query, 1, 'greet', { name: 'Ada' }]]);
  await expectClosed(client, 'unexpected');
  expect(client.messages).toEqual([]);
});

test('no acks need be sent', async ({ open }) => {
  const client = await open();
  client.acknowledgesUpTo = 0;
  const rounds = Math.ceil((2 * client.limit('windowBytes')) / mebibyte);
  for (let round = 0; round < rounds; round++) await client.ask('query', 'big', mebibyte);
  for (let round = 0; round < 100; round++) await expectServes(client);
});

test('counts are checked all the same', async ({ open }) => {
  for (const name of ['ack', 'ping', 'pong']) {
    for (const [sent, received] of [
      [1, 0],
      [0, 1],
      [-1, 0],
    ] as const) {
      const client = await open();
      await expectServes(client);
      client.send([name, client.sent + sent, client.received + received]);
      await expectClosed(client, 'miscount');
    }
  }
});

test('the acknowledgement of a data frame cannot be above what was sent', async ({ open }) => {
  const client = await open();
  await expectServes(client);
  client.send([client.received + 1, [Kind.cancel, 99]]);
  await expectClosed(client, 'miscount');
});

test('none of the early frames of a socket that is lost before welcome is carried out', async ({
  dial,
  open,
}) => {
  const [gate, key] = [newKey(), newKey()];
  const [witness, old] = [await open(), await dial()];
  old.send(hello({ params: { gate } }));
  old.send(append(1, key, 0));
  expect(await witness.ask('query', 'whenAsked', gate)).toBe(true);
  await witness.settle();
  old.drop();
  await old.whenClosed();
  await witness.settle();
  await release(witness, gate);
  await witness.settle();
  expect(await witness.ask('query', 'ran', key)).toEqual([]);
  const client = await dial();
  client.askFor(old, { params: {} });
  expect(await answerOf(client)).toBe('gone off');
});

test('a resume that overtakes the answer to its open ends it: nothing of it is carried out', async ({
  dial,
  open,
}) => {
  const [gate, key] = [newKey(), newKey()];
  const [witness, old] = [await open(), await dial()];
  old.send(hello({ params: { gate } }));
  old.send(append(1, key, 0));
  expect(await witness.ask('query', 'whenAsked', gate)).toBe(true);
  const client = await dial();
  client.askFor(old, { params: {} });
  expect(await answerOf(client)).toBe('gone off');
  await release(witness, gate);
  await old.whenClosed();
  await witness.settle();
  expect(await witness.ask('query', 'ran', key)).toEqual([]);
});

test('refusal, trouble and bye leave nothing', async ({ dial, open }) => {
  for (const refuse of ['UNAUTHORIZED', 'trouble']) {
    const client = await dial();
    client.send(hello({ params: { refuse } }));
    await answerOf(client);
    const next = await dial();
    next.askFor(client, { params: {} });
    expect(await answerOf(next)).toBe('gone off');
  }
  const client = await open();
  await client.leave();
  const next = await dial();
  next.askFor(client);
  expect(await answerOf(next)).toBe('gone off');
});

test('a violation ends the session', async ({ open }) => {
  const key = newKey();
  const [witness, client] = [await open(), await open()];
  client.call('query', 'slow', { key });
  await client.ping();
  client.sendText('no frame');
  expect(await client.whenClosed()).toMatchObject({ code: closeCode('malformed') });
  expect(await witness.ask('query', 'whenAborted', key)).toBe(true);
});
