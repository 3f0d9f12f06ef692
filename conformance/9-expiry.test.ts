import { expect } from 'vitest';
import { dataOf, hello, type Json, newKey } from './frames.ts';
import type { RawClient } from './raw-client.ts';
import { answerOf, pass, release } from './resuming.ts';
import { type Fixtures, suite } from './suite.ts';
import { closeCode, defaultLimit } from './tables.ts';

const windowMs = 1_000;
const absentSessions = 10;
const cleanCloseWindow = defaultLimit('cleanCloseWindow');

const test = suite({}, { window: true });
const brief = suite({ windowMs });
const crowded = suite({ limits: { absentSessions } }, { window: true });

/** How much later than announced a session may end, and how much earlier by the clock of another process. */
const slackMs = 3_000;
const clockShare = 0.9;

/** Ways to lose a socket. */
const losses: readonly [what: string, lose: (client: RawClient) => void][] = [
  ['a drop', (client) => client.drop()],
  ['a close without a code', (client) => client.close()],
  ['close 1000 without bye', (client) => client.close(1000, 'closed')],
  ['close 1001 without bye', (client) => client.close(1001, 'going-away')],
  ['close 3000', (client) => client.close(3000, 'some proxy')],
];

/** A session with a handler that runs until its signal fires; its socket is gone by now. */
async function leftAlone(client: RawClient, lose: (client: RawClient) => void): Promise<string> {
  const key = newKey();
  client.call('query', 'slow', { key });
  await client.ping();
  lose(client);
  await client.whenClosed();
  return key;
}

/** Waits until a session has ended, and gives the time that it took from `start`. */
async function untilEnded(witness: RawClient, key: string, start: number): Promise<number> {
  expect(await witness.ask('query', 'whenAborted', key)).toBe(true);
  return performance.now() - start;
}

function expectWindow(elapsed: number, window: number): void {
  expect(elapsed).toBeGreaterThan(window * clockShare);
  expect(elapsed).toBeLessThan(window + slackMs);
}

async function answerTo(dial: Fixtures['dial'], old: RawClient, overrides: Asked = {}): Promise<string> {
  const client = await dial();
  client.askFor(old, overrides);
  return answerOf(client);
}

type Asked = { [key: string]: Json | undefined };

brief('a session is kept for its window, and then its handlers are told', async ({ dial, open }) => {
  const [witness, old] = [await open(), await open()];
  const key = await leftAlone(old, (client) => client.drop());
  const start = performance.now();
  await pass(witness, windowMs / 2);
  expect(await witness.ask('query', 'aborted', key)).toBe(false);
  expectWindow(await untilEnded(witness, key, start), windowMs);
  expect(await answerTo(dial, old)).toBe('gone expired');
  // Being told does not depend on who asks, nor how: there is nothing to protect any more.
  expect(await answerTo(dial, old, { dial: 1, sent: 0 })).toBe('gone expired');
  expect(await answerTo(dial, old, { server: 'another run' })).toBe('gone expired');
});

brief('the secret of a session that has expired opens none', async ({ dial, open }) => {
  const [witness, old] = [await open(), await open()];
  const key = await leftAlone(old, (client) => client.drop());
  await untilEnded(witness, key, performance.now());
  const client = await dial();
  client.send(hello({ secret: old.hello['secret'], dial: 2 }));
  expect(await answerOf(client)).toBe('bye known-secret');
});

brief(
  'however its socket was lost, a session is kept for the window, if that is short',
  async ({ dial, open, resume }) => {
    const witness = await open();
    const sessions = [];
    for (const [what, lose] of losses) {
      const [lost, resumed] = [await open(), await open()];
      const keys = [await leftAlone(lost, lose), await leftAlone(resumed, lose)] as const;
      sessions.push({ what, lost, resumed, keys, start: performance.now() });
    }
    await pass(witness, windowMs / 4);
    for (const { what, resumed, keys } of sessions) {
      const client = await resume(resumed);
      expect([what, await client.ask('query', 'aborted', keys[1])]).toEqual([what, false]);
      await release(client, keys[1]);
      expect(dataOf(await client.final(1))).toBe('released');
    }
    await Promise.all(
      sessions.map(async ({ keys, start }) =>
        expectWindow(await untilEnded(witness, keys[0], start), windowMs),
      ),
    );
    for (const { lost } of sessions) expect(await answerTo(dial, lost)).toBe('gone expired');
  },
);

brief('a resume that is accepted gives a whole window anew', async ({ open, resume }) => {
  const [witness, first] = [await open(), await open()];
  const key = await leftAlone(first, (client) => client.drop());
  await pass(witness, windowMs / 2);
  const second = await resume(first);
  second.drop();
  await pass(witness, windowMs / 2);
  const third = await resume(second);
  // A session with a socket has no end.
  await pass(witness, windowMs);
  expect(await third.ask('query', 'aborted', key)).toBe(false);
  third.drop();
  expectWindow(await untilEnded(witness, key, performance.now()), windowMs);
});

brief('a hello that fails does not give a session more time, nor less', async ({ dial, open }) => {
  const [witness, old] = [await open(), await open({ params: { user: 'ada' } })];
  const key = await leftAlone(old, (client) => client.drop());
  const start = performance.now();
  const failing: readonly [Asked, string][] = [
    [{ dial: 1 }, 'bye stale-dial'],
    [{ sent: 0 }, 'bye miscount'],
    [{ params: { user: 'eve' } }, 'gone refused'],
    [{ params: { user: 'ada', refuse: 'FORBIDDEN' } }, 'bye forbidden'],
    [{ params: { user: 'ada', refuse: 'UNAUTHORIZED' } }, 'bye unauthorized'],
    [{ params: { user: 'ada', refuse: 'trouble' } }, 'bye trouble'],
  ];
  for (const [asked, answer] of failing) {
    expect(await answerTo(dial, old, asked)).toBe(answer);
    await pass(witness, windowMs / 10);
  }
  expect(await witness.ask('query', 'aborted', key)).toBe(false);
  expectWindow(await untilEnded(witness, key, start), windowMs);
  expect(await answerTo(dial, old)).toBe('gone expired');
});

crowded(
  'a server may evict sessions without a socket: they are called evicted',
  async ({ dial, open, resume }) => {
    const witness = await open();
    const sessions: { client: RawClient; key: string }[] = [];
    for (let count = 0; count < absentSessions + 2; count++) {
      const client = await open();
      sessions.push({ client, key: await leftAlone(client, (it) => it.drop()) });
    }
    const asked = sessions.map(({ key }) => witness.call('query', 'whenAborted', key));
    await witness.when('an eviction', () => asked.find(({ id }) => witness.of(id).length > 0));
    await witness.settle();
    const evicted = sessions.filter((_, index) => witness.of(asked[index]?.id ?? 0).length > 0);
    const kept = sessions.filter((session) => !evicted.includes(session));
    expect(kept.length).toBeGreaterThan(0);
    for (const { client } of evicted) {
      expect(await answerTo(dial, client)).toBe('gone evicted');
      const late = await dial();
      late.send(hello({ secret: client.hello['secret'] }));
      expect(await answerOf(late)).toBe('bye known-secret');
    }
    for (const { client, key } of kept) {
      const next = await resume(client);
      await release(next, key);
      expect(dataOf(await next.final(1))).toBe('released');
    }
  },
);

// Waits once for cleanCloseWindow, for all ways at a time.
test('a clean close without bye leaves cleanCloseWindow, any other end the whole window', {
  timeout: 4 * cleanCloseWindow,
}, async ({ dial, open, resume, skip }) => {
  const witness = await open();
  const left = Math.max(cleanCloseWindow, 2 * witness.limit('spread'));
  skip(witness.limit('window') < 2 * (left + slackMs), 'the window is short itself');
  const start = performance.now();
  const sessions = [];
  for (const [what, lose] of losses) {
    const client = await open();
    sessions.push({ client, key: await leftAlone(client, lose), clean: /100[01]/.test(what) });
  }
  // Sockets that are lost while the context is made: accepted for none, their sessions last as long.
  const gate = newKey();
  for (const [what, lose] of losses) {
    const [client, key] = [await dial(), newKey()];
    client.send(hello({ params: { gate } }));
    client.call('query', 'slow', { key });
    lose(client);
    await client.whenClosed();
    sessions.push({ client, key, clean: /100[01]/.test(what) });
  }
  await witness.settle();
  await release(witness, gate);
  await Promise.all(
    sessions
      .filter(({ clean }) => clean)
      .map(async ({ key }) => expectWindow(await untilEnded(witness, key, start), left)),
  );
  for (const { client, key, clean } of sessions) {
    if (clean) continue;
    const next = await resume(client, { params: {} });
    expect(await next.ask('query', 'aborted', key)).toBe(false);
    await release(next, key);
    expect(dataOf(await next.final(1))).toBe('released');
  }
});

test('a session that was closed cleanly can be resumed in time', async ({ open, resume }) => {
  for (const code of [1000, 1001]) {
    const old = await open();
    const key = await leftAlone(old, (client) => client.close(code, ''));
    const client = await resume(old);
    await release(client, key);
    expect(dataOf(await client.final(1))).toBe('released');
  }
});

// Codes from 4400 say what bye would have said.
test.for(['malformed', 'miscount', 'stuck'])(
  'close %s without bye ends the session',
  async (name, { dial, open }) => {
    const [witness, old] = [await open(), await open()];
    const key = await leftAlone(old, (client) => client.close(closeCode(name), name));
    await witness.settle();
    expect(await answerTo(dial, old)).toBe('gone ended');
    expect(await witness.ask('query', 'whenAborted', key)).toBe(true);
  },
);
