import { expect } from 'vitest';
import { type Frame, hello, Kind, newKey, newSecret } from './frames.ts';
import type { RawClient } from './raw-client.ts';
import { answerOf, append, quiet, release } from './resuming.ts';
import { expectClosed, expectServes, type Fixtures, suite } from './suite.ts';
import { closeCode } from './tables.ts';

const test = suite({}, { window: true });

/** So many resumes in a row that bring nothing end a session. */
const mostIdle = 10;

// Violations

test.for([
  ['an ack above what was sent', ({ sent, received }) => ['ack', sent, received + 1]],
  ['a ping with a sent that is not true', ({ sent, received }) => ['ping', sent + 1, received]],
  ['a data frame that acknowledges too much', ({ received }) => [received + 1, [Kind.cancel, 99]]],
] as [string, (client: RawClient) => Frame][])(
  '%s ends the session: a miscount is told, and there is nothing to resume',
  async ([, frame], { dial, open }) => {
    const key = newKey();
    const [witness, client] = [await open(), await open()];
    client.call('query', 'slow', { key });
    await expectServes(client);
    client.send(frame(client));
    await expectClosed(client, 'miscount');
    expect(await witness.ask('query', 'whenAborted', key)).toBe(true);
    const next = await dial();
    next.askFor(client);
    expect(await answerOf(next)).toBe('gone ended');
  },
);

test.for([
  ['malformed', '[[99,1]]'],
  ['bad-id', '[[1,5,"greet"]]'],
  ['unexpected', JSON.stringify(hello({ dial: 2 }))],
] as const)('a violation ends the session: %s', async ([name, text], { dial, open }) => {
  const secret = newSecret();
  const client = await open({ secret });
  client.send([[Kind.query, 5, 'greet', { name: 'Ada' }]]);
  client.sendText(text);
  await expectClosed(client, name);
  const next = await dial();
  next.askFor(client, { secret, dial: 3 });
  expect(await answerOf(next)).toBe('gone ended');
});

// bye

test('bye ends a session at once', async ({ dial, open }) => {
  const key = newKey();
  const [witness, old] = [await open(), await open()];
  old.call('query', 'slow', { key });
  await old.ping();
  await old.leave();
  expect(await witness.ask('query', 'whenAborted', key)).toBe(true);
  for (const params of [{}, { user: 'eve' }]) {
    const client = await dial();
    client.askFor(old, { params });
    expect(await answerOf(client)).toBe('gone ended');
  }
  const again = await dial();
  again.send(hello({ secret: old.hello['secret'], dial: 3 }));
  expect(await answerOf(again)).toBe('bye known-secret');
});

test('a bye on a resumed socket ends the session', async ({ dial, open, resume }) => {
  const old = await open();
  old.drop();
  const client = await resume(old);
  await client.leave();
  const next = await dial();
  next.askFor(client);
  expect(await answerOf(next)).toBe('gone ended');
});

test('a bye while a resume is being decided ends the session when it is accepted', async ({ dial, open }) => {
  const [gate, key] = [newKey(), newKey()];
  const [witness, old] = [await open(), await open()];
  old.call('query', 'slow', { key });
  await old.ping();
  const leaving = await dial();
  leaving.askFor(old, { params: { gate } });
  expect(await witness.ask('query', 'whenAsked', gate)).toBe(true);
  leaving.send(['bye', 'closed']);
  leaving.close(closeCode('closed'), 'closed');
  await leaving.whenClosed();
  await witness.settle();
  // Whoever dialled may not be its owner: nothing has happened yet.
  expect(await witness.ask('query', 'aborted', key)).toBe(false);
  await old.ping();
  await release(witness, gate);
  expect(await witness.ask('query', 'whenAborted', key)).toBe(true);
  await old.whenClosed();
  const next = await dial();
  next.askFor(old, { dial: 3 });
  expect(await answerOf(next)).toBe('gone ended');
});

test('a bye while a resume is being decided does nothing when it is refused', async ({ dial, open }) => {
  const gate = newKey();
  const [witness, old] = [await open(), await open()];
  const leaving = await dial();
  leaving.askFor(old, { params: { gate, refuse: 'UNAUTHORIZED' } });
  expect(await witness.ask('query', 'whenAsked', gate)).toBe(true);
  leaving.send(['bye', 'closed']);
  leaving.close(closeCode('closed'), 'closed');
  await leaving.whenClosed();
  await release(witness, gate);
  await witness.settle();
  await expectServes(old);
});

test('a bye while an open is being decided: nothing of it is carried out', async ({ dial, open }) => {
  const [gate, key] = [newKey(), newKey()];
  const [witness, client] = [await open(), await dial()];
  client.send(hello({ params: { gate } }));
  client.send(append(1, key, 0));
  expect(await witness.ask('query', 'whenAsked', gate)).toBe(true);
  client.send(['bye', 'closed']);
  client.close(closeCode('closed'), 'closed');
  await client.whenClosed();
  await release(witness, gate);
  await witness.settle();
  expect(await witness.ask('query', 'ran', key)).toEqual([]);
  const next = await dial();
  next.askFor(client, { params: {} });
  expect(await answerOf(next)).toBe('gone not-opened');
});

// Ten idle resumes

/** Resumes once with what was known before, and hears no more of the session than its answer. */
async function idleResume({ dial }: Pick<Fixtures, 'dial'>, old: RawClient, number: number): Promise<string> {
  const client = await dial();
  client.acknowledgesUpTo = old.claims;
  client.askFor(old, { dial: number });
  const answer = await answerOf(client);
  client.drop();
  return answer;
}

/** Resumes until the session is called stuck, and gives how often that was. */
async function untilStuck(fixtures: Pick<Fixtures, 'dial'>, old: RawClient): Promise<number> {
  for (let round = 1; round <= 2 * mostIdle; round++) {
    const answer = await idleResume(fixtures, old, round + 1);
    if (answer === 'bye stuck') return round;
    expect(answer).toBe('welcome');
  }
  throw new Error('never stuck');
}

// The first brings nothing new only if nothing ever came; whether it counts is not said.
const stuckAt = [mostIdle, mostIdle + 1];

test('ten resumes in a row without a new acknowledgement end a session: stuck', async ({ dial, open }) => {
  const old = await open();
  // Frame 1 is kept by the client and never arrives: neither end has ever acknowledged anything.
  old.lose(quiet);
  old.drop();
  const resumes = await untilStuck({ dial }, old);
  expect(stuckAt).toContain(resumes);
  expect(await idleResume({ dial }, old, resumes + 2)).toBe('gone ended');
});

test('a session is stuck too when it is the client that acknowledges nothing', async ({ dial, open }) => {
  const key = newKey();
  const [witness, old] = [await open(), await open()];
  old.acknowledgesUpTo = 0;
  await expectServes(old);
  old.call('query', 'slow', { key });
  await old.ping();
  old.drop();
  expect(stuckAt).toContain(await untilStuck({ dial }, old));
  expect(await witness.ask('query', 'whenAborted', key)).toBe(true);
});

test('a session that is stuck while it has a socket: that is closed too', async ({ dial, open }) => {
  const old = await open();
  old.lose(quiet);
  let live = old;
  for (let round = 1; round < mostIdle; round++) {
    const client = await dial();
    client.askFor(old, { dial: round + 1 });
    await client.welcomed();
    expect(await live.whenClosed()).toEqual({ code: 1006, reason: '' });
    live = client;
  }
  const answers = [];
  for (const number of stuckAt) answers.push(await idleResume({ dial }, old, number + 1));
  expect(answers).toContain('bye stuck');
  await live.whenClosed();
});

test('an acknowledgement in between starts the count anew', async ({ dial, open }) => {
  const old = await open();
  old.acknowledgesUpTo = 0;
  for (let round = 0; round < 4; round++) await expectServes(old);
  old.drop();
  let number = 1;
  for (let received = 0; received < 3; received++) {
    old.acknowledgesUpTo = received;
    for (let round = 1; round < mostIdle; round++) {
      expect(await idleResume({ dial }, old, ++number)).toBe('welcome');
    }
  }
});

test('resumes of a session that keeps nothing are not idle', async ({ dial, open }) => {
  const old = await open();
  await expectServes(old);
  await old.ping();
  old.drop();
  for (let round = 1; round <= 2 * mostIdle; round++) {
    expect(await idleResume({ dial }, old, round + 1)).toBe('welcome');
  }
});
