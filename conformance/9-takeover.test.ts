import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import { contentOf } from './data-frame.ts';
import { dataOf, type Frame, hello, type Json, Kind, newKey, newSecret } from './frames.ts';
import type { RawClient } from './raw-client.ts';
import { answerOf, append, dataFrames, release } from './resuming.ts';
import { expectClosed, expectServes, type Fixtures, suite } from './suite.ts';
import { closeCode, defaultLimit } from './tables.ts';

const test = suite({}, { window: true });

type Members = { [key: string]: Json | undefined };

const ada = { user: 'ada' };
const eve = { user: 'eve' };
const firstDial = 5;

/** A session in the middle of its work, which is to notice nothing of whoever else asks for it. */
class Victim {
  readonly client: RawClient;
  readonly witness: RawClient;
  readonly key = newKey();
  readonly #seen: number;
  readonly #slow: number;
  readonly #ticks: number;
  #price = 12;

  private constructor(client: RawClient, witness: RawClient, slow: number, ticks: number, key: string) {
    this.client = client;
    this.witness = witness;
    this.key = key;
    this.#slow = slow;
    this.#ticks = ticks;
    this.#seen = client.frames.length;
  }

  /** It has sent and received several frames, and keeps the last two of the server to itself. */
  static async open({ open }: Pick<Fixtures, 'open'>): Promise<Victim> {
    const key = newKey();
    const [witness, client] = [await open(), await open({ dial: firstDial, params: ada })];
    const ticks = client.call('subscription', 'ticks', { symbol: key });
    const slow = client.call('query', 'slow', { key });
    await client.items(ticks.id, 2);
    await expectServes(client);
    client.acknowledgesUpTo = client.received;
    for (let round = 0; round < 2; round++) await expectServes(client);
    const appended = client.nextId();
    client.send(append(appended, key, 0));
    await client.final(appended);
    return new Victim(client, witness, slow.id, ticks.id, key);
  }

  get secret(): string {
    return String(this.client.hello['secret']);
  }

  /** The `hello` with which its owner would resume it. */
  resuming(overrides: Members = {}): Frame {
    const { client } = this;
    const counts = { sent: client.sent, received: client.claims };
    const { server } = client.welcome;
    const mine = { mode: 'resume', secret: this.secret, dial: firstDial + 1, ...counts, server, params: ada };
    return hello({ ...mine, ...overrides });
  }

  /** It has heard nothing but counts, its calls run, its stream goes on. */
  async expectUnharmed(): Promise<void> {
    const { client, witness, key } = this;
    await client.ping();
    const heard = client.frames.slice(this.#seen).filter(([name]) => typeof name === 'string');
    expect(heard.filter(([name]) => name !== 'ack' && name !== 'ping' && name !== 'pong')).toEqual([]);
    const items = client.itemsOf(this.#ticks).length;
    await release(witness, `${key} ${this.#price}`);
    const now = await client.items(this.#ticks, items + 1);
    expect(now.map(dataOf).at(-1)).toEqual({ price: this.#price });
    this.#price++;
    await expectServes(client);
    expect(await witness.ask('query', 'aborted', key)).toBe(false);
    expect(await witness.ask('query', 'ran', key)).toEqual([0]);
  }

  /** Its owner resumes it with the next dial, finds all that was kept, and its call ends. */
  async expectResumable({ dial }: Pick<Fixtures, 'dial'>): Promise<void> {
    const { client: old } = this;
    old.drop();
    const client = await dial();
    await client.resume(old);
    expect(client.welcome).toMatchObject({ session: old.welcome.session, resumed: true, sent: old.received });
    const again = await dataFrames(client, old.received - old.claims);
    expect(again.map(contentOf)).toEqual(old.data.slice(old.claims).map(contentOf));
    await release(client, this.key);
    expect(dataOf(await client.final(this.#slow))).toBe('released');
    expect(await client.ask('query', 'ran', this.key)).toEqual([0]);
  }
}

const digestOf = (secret: string): string => createHash('sha256').update(secret).digest('base64url');

/** Hellos that fail, and how. */
const attempts: readonly [what: string, hello: (victim: Victim) => Frame, answer: string][] = [
  ['a secret that nobody has', (v) => v.resuming({ secret: newSecret() }), 'gone expired'],
  ['the digest of the secret', (v) => v.resuming({ secret: digestOf(v.secret) }), 'gone expired'],
  ['a secret of another run', (v) => v.resuming({ secret: newSecret(), server: 'k9' }), 'gone restarted'],
  ['another identity', (v) => v.resuming({ params: eve }), 'gone refused'],
  ['an identity that differs in case', (v) => v.resuming({ params: { user: 'Ada' } }), 'gone refused'],
  ['an empty identity', (v) => v.resuming({ params: { user: '' } }), 'gone refused'],
  ['no identity', (v) => v.resuming({ params: {} }), 'gone refused'],
  ['no params', (v) => v.resuming({ params: undefined }), 'gone refused'],
  [
    'another identity and the last dial of all',
    (v) => v.resuming({ params: eve, dial: 2 ** 53 - 1 }),
    'gone refused',
  ],
  ['the dial that was accepted', (v) => v.resuming({ dial: firstDial }), 'bye stale-dial'],
  ['an older dial', (v) => v.resuming({ dial: firstDial - 1 }), 'bye stale-dial'],
  ['the first dial of all', (v) => v.resuming({ dial: 1 }), 'bye stale-dial'],
  ['a sent that is too low', (v) => v.resuming({ sent: v.client.sent - 1 }), 'bye miscount'],
  ['nothing sent', (v) => v.resuming({ sent: 0 }), 'bye miscount'],
  ['a received that is too high', (v) => v.resuming({ received: v.client.received + 1 }), 'bye miscount'],
  ['a received of 2^53 - 1', (v) => v.resuming({ received: 2 ** 53 - 1 }), 'bye miscount'],
  [
    'a received below what was acknowledged',
    (v) => v.resuming({ received: v.client.claims - 1 }),
    'bye miscount',
  ],
  ['nothing received', (v) => v.resuming({ received: 0 }), 'bye miscount'],
  [
    'a context that refuses: UNAUTHORIZED',
    (v) => v.resuming({ params: { ...ada, refuse: 'UNAUTHORIZED' } }),
    'bye unauthorized',
  ],
  [
    'a context that refuses: FORBIDDEN',
    (v) => v.resuming({ params: { ...ada, refuse: 'FORBIDDEN' } }),
    'bye forbidden',
  ],
  [
    'a context that refuses: BAD_REQUEST',
    (v) => v.resuming({ params: { ...ada, refuse: 'BAD_REQUEST' } }),
    'bye bad-request',
  ],
  ['a context that fails', (v) => v.resuming({ params: { ...ada, refuse: 'trouble' } }), 'bye trouble'],
  ['open with its secret', (v) => hello({ secret: v.secret, dial: 9, params: ada }), 'bye known-secret'],
  ['open with its secret and dial 1', (v) => hello({ secret: v.secret, params: ada }), 'bye known-secret'],
  ['a hello of no shape', (v) => v.resuming({ sent: -1 }), 'bye malformed'],
  [
    'a hello that is too long',
    (v) => v.resuming({ params: { fill: 'x'.repeat(defaultLimit('earlyBytes')) } }),
    'bye too-large',
  ],
];

test.for(attempts)(
  '%s: refused, and the live socket hears nothing of it',
  async ([, frame, answer], { dial, open }) => {
    const victim = await Victim.open({ open });
    const thief = await dial();
    thief.send(frame(victim));
    expect(await answerOf(thief)).toBe(answer);
    await victim.expectUnharmed();
    await victim.expectResumable({ dial });
  },
);

test('all of them, one after the other, against a session without a socket', async ({ dial, open }) => {
  const victim = await Victim.open({ open });
  victim.client.drop();
  await victim.client.whenClosed();
  await victim.witness.settle();
  for (const [what, frame, answer] of attempts) {
    const thief = await dial();
    thief.send(frame(victim));
    expect([what, await answerOf(thief)]).toEqual([what, answer]);
  }
  await victim.expectResumable({ dial });
});

test('many attempts at a time', async ({ dial, open }) => {
  const victim = await Victim.open({ open });
  await Promise.all(
    [...attempts, ...attempts].map(async ([what, frame, answer]) => {
      const thief = await dial();
      thief.send(frame(victim));
      expect([what, await answerOf(thief)]).toEqual([what, answer]);
    }),
  );
  await victim.expectUnharmed();
  await victim.expectResumable({ dial });
});

test("a session of two identities is nobody else's: each has its own", async ({ dial, open }) => {
  const victim = await Victim.open({ open });
  const other = await open({ params: eve });
  const thief = await dial();
  thief.askFor(other, {
    secret: victim.secret,
    dial: 6,
    sent: victim.client.sent,
    received: victim.client.claims,
  });
  expect(await answerOf(thief)).toBe('gone refused');
  await expectServes(other);
  await victim.expectUnharmed();
});

test('a session of nobody is not for somebody', async ({ dial, open, resume }) => {
  const old = await open();
  await expectServes(old);
  const thief = await dial();
  thief.askFor(old, { params: eve });
  expect(await answerOf(thief)).toBe('gone refused');
  await expectServes(old);
  old.drop();
  await expectServes(await resume(old));
});

test('an ended secret is good for nothing', async ({ dial, open }) => {
  const ended = await open({ params: ada });
  const { secret } = ended.hello;
  await ended.leave();
  const victim = await Victim.open({ open });
  for (const params of [ada, eve]) {
    const thief = await dial();
    thief.send(victim.resuming({ secret, params }));
    expect(await answerOf(thief)).toBe('gone ended');
    const opener = await dial();
    opener.send(hello({ secret, dial: 9, params }));
    expect(await answerOf(opener)).toBe('bye known-secret');
  }
  await victim.expectUnharmed();
});

test('whoever was told gone opens a session of their own, not that one', async ({ dial, open }) => {
  const victim = await Victim.open({ open });
  const thief = await dial();
  thief.send(victim.resuming({ params: eve }));
  expect(await answerOf(thief)).toBe('gone refused');
  await thief.open({ dial: 7, params: eve });
  expect(thief.welcome.session).not.toBe(victim.client.welcome.session);
  expect(thief.welcome).toMatchObject({ resumed: false, sent: 0, received: 0 });
  await expectServes(thief);
  await victim.expectUnharmed();
});

test.for([
  ['the right resume', (v: Victim) => v.resuming(), ['unexpected']],
  ['open with its secret', (v: Victim) => hello({ secret: v.secret, dial: 9 }), ['known-secret']],
] as const)('after gone, %s is refused too', async ([, frame, names], { dial, open }) => {
  const victim = await Victim.open({ open });
  const thief = await dial();
  thief.send(victim.resuming({ secret: newSecret() }));
  await thief.control('gone');
  thief.send(frame(victim));
  await thief.whenClosed();
  expect(names).toContain(thief.frames.at(-1)?.[1]);
  await victim.expectUnharmed();
});

// Frames that come with a hello

test('a recorded conversation is worth nothing', async ({ dial, open }) => {
  const key = newKey();
  const [witness, client] = [await open(), await open({ params: ada })];
  const record: Frame[] = [hello({ ...client.hello })];
  for (let value = 0; value < 3; value++) {
    const frame = append(value + 1, key, value);
    record.push(frame);
    client.send(frame);
    await client.final(value + 1);
  }
  for (const mode of ['open', 'resume']) {
    const thief = await dial();
    const [, ...frames] = record;
    thief.send(mode === 'open' ? hello({ ...client.hello }) : hello({ ...client.hello, mode, dial: 1 }));
    for (const frame of frames) thief.send(frame);
    expect(await answerOf(thief)).toBe(mode === 'open' ? 'bye known-secret' : 'bye stale-dial');
    expect(thief.messages).toEqual([]);
  }
  expect(await witness.ask('query', 'ran', key)).toEqual([0, 1, 2]);
  await expectServes(client);
});

test('a resume that is recorded and said again is stale', async ({ dial, open, resume }) => {
  const key = newKey();
  const old = await open({ params: ada });
  old.send(append(1, key, 0));
  await old.final(1);
  old.drop();
  const client = await resume(old);
  client.send(append(2, key, 1));
  await client.final(2);
  const thief = await dial();
  thief.send(hello({ ...client.hello }));
  thief.send(append(2, key, 1));
  expect(await answerOf(thief)).toBe('bye stale-dial');
  expect(await client.ask('query', 'ran', key)).toEqual([0, 1]);
});

test('frames that were carried out cannot be sent again by a wrong count', async ({ dial, open }) => {
  const key = newKey();
  const client = await open({ params: ada });
  for (let value = 0; value < 3; value++) client.send(append(value + 1, key, value));
  await client.final(3);
  for (const sent of [0, 1, 2]) {
    const thief = await dial();
    thief.askFor(client, { sent });
    for (let value = sent; value < 3; value++) thief.send(append(value + 1, key, value));
    expect(await answerOf(thief)).toBe('bye miscount');
  }
  expect(await client.ask('query', 'ran', key)).toEqual([0, 1, 2]);
});

test.for([
  ['a data frame', [[Kind.mutation, 99, 'append', { key: 'x', value: 1 }]], 'unexpected'],
  ['another hello', hello({ dial: 9 }), 'unexpected'],
  ['a ping', ['ping', 0, 0], 'unexpected'],
  ['an ack', ['ack', 0, 0], 'unexpected'],
  [
    'welcome',
    ['welcome', { session: 's', server: 'k', resumed: true, sent: 0, received: 0, limits: {} }],
    'unexpected',
  ],
  ['a frame of no shape', ['nope'], 'malformed'],
] as [string, Frame, string][])(
  'while its resume is being decided, %s is refused and harms nobody',
  async ([, frame, name], { dial, open }) => {
    const gate = newKey();
    const victim = await Victim.open({ open });
    for (const params of [ada, eve]) {
      const thief = await dial();
      thief.send(victim.resuming({ params: { ...params, gate } }));
      thief.send(frame);
      await expectClosed(thief, name);
    }
    await victim.expectUnharmed();
    await release(victim.witness, gate);
    await victim.expectUnharmed();
    await victim.expectResumable({ dial });
  },
);

test('a binary frame while a resume is being decided', async ({ dial, open }) => {
  const gate = newKey();
  const victim = await Victim.open({ open });
  const thief = await dial();
  thief.send(victim.resuming({ params: { ...eve, gate } }));
  thief.sendBinary(Uint8Array.of(1, 0, 0, 0, 2, 91, 93));
  expect([closeCode('malformed'), closeCode('unexpected')]).toContain((await thief.whenClosed()).code);
  await release(victim.witness, gate);
  await victim.expectUnharmed();
});

test('the bye of another identity ends nothing', async ({ dial, open }) => {
  const gate = newKey();
  const victim = await Victim.open({ open });
  for (const closes of [true, false]) {
    const thief = await dial();
    thief.send(victim.resuming({ params: { ...eve, gate } }));
    thief.send(['bye', 'closed']);
    if (closes) thief.close(closeCode('closed'), 'closed');
  }
  await victim.expectUnharmed();
  await release(victim.witness, gate);
  await victim.witness.settle();
  await victim.expectUnharmed();
  await victim.expectResumable({ dial });
});

// Races with the owner

test('a thief whose context is slow changes nothing for an owner who resumes meanwhile', async ({
  dial,
  open,
}) => {
  const gate = newKey();
  const victim = await Victim.open({ open });
  const thief = await dial();
  thief.send(victim.resuming({ dial: 2 ** 53 - 1, params: { ...eve, gate } }));
  expect(await victim.witness.ask('query', 'whenAsked', gate)).toBe(true);
  await victim.expectUnharmed();
  await victim.expectResumable({ dial });
  await release(victim.witness, gate);
  // What it said is checked again when it is decided: by then its counts may be wrong as well.
  expect(['gone refused', 'bye miscount']).toContain(await answerOf(thief));
});

test('an owner whose context is slow resumes although thieves are refused meanwhile', async ({
  dial,
  open,
}) => {
  const gate = newKey();
  const victim = await Victim.open({ open });
  const { client: old, witness } = victim;
  const owner = await dial();
  owner.askFor(old, { params: { ...ada, gate } });
  expect(await witness.ask('query', 'whenAsked', gate)).toBe(true);
  for (const [what, frame, answer] of attempts) {
    const thief = await dial();
    thief.send(frame(victim));
    expect([what, await answerOf(thief)]).toEqual([what, answer]);
  }
  await old.ping();
  old.silence();
  await release(witness, gate);
  await owner.welcomed();
  expect(owner.welcome).toMatchObject({ resumed: true, sent: old.received });
  await dataFrames(owner, old.received - old.claims);
});

test('what a hello says is checked again when its context is there', async ({ dial, open }) => {
  for (const moved of ['acknowledged', 'sent'] as const) {
    const gate = newKey();
    const victim = await Victim.open({ open });
    const { client, witness } = victim;
    const thief = await dial();
    thief.send(victim.resuming({ params: { ...ada, gate } }));
    expect(await witness.ask('query', 'whenAsked', gate)).toBe(true);
    if (moved === 'acknowledged') client.acknowledge(client.received);
    else client.send([[Kind.cancel, 99]]);
    await client.ping();
    await release(witness, gate);
    expect(await answerOf(thief)).toBe('bye miscount');
    await victim.expectUnharmed();
    await victim.expectResumable({ dial });
  }
});

test('attempts that fail do not count as resumes that bring nothing', async ({ dial, open }) => {
  const victim = await Victim.open({ open });
  for (let round = 0; round < 15; round++) {
    const thief = await dial();
    thief.send(victim.resuming({ params: round % 2 ? eve : { ...ada, refuse: 'UNAUTHORIZED' } }));
    await answerOf(thief);
    thief.drop();
  }
  await victim.expectUnharmed();
  await victim.expectResumable({ dial });
});

test('two opens with one secret: the second is refused while the first is being decided', async ({
  dial,
  open,
}) => {
  const [gate, secret, key] = [newKey(), newSecret(), newKey()];
  const [witness, first] = [await open(), await dial()];
  first.send(hello({ secret, params: { ...ada, gate } }));
  first.send(append(1, key, 0));
  expect(await witness.ask('query', 'whenAsked', gate)).toBe(true);
  const second = await dial();
  second.send(hello({ secret, params: ada }));
  second.send(append(1, key, 1));
  expect(await answerOf(second)).toBe('bye known-secret');
  await release(witness, gate);
  await first.final(1);
  expect(await first.ask('query', 'ran', key)).toEqual([0]);
});

test('the resume of another identity, while the first open is being decided, gets nothing of it', async ({
  dial,
  open,
}) => {
  const [gate, gate2, key] = [newKey(), newKey(), newKey()];
  const [witness, owner] = [await open(), await dial()];
  owner.acknowledgesUpTo = 0;
  owner.send(hello({ params: { ...ada, gate } }));
  owner.send(append(1, key, 0));
  expect(await witness.ask('query', 'whenAsked', gate)).toBe(true);
  const thief = await dial();
  thief.askFor(owner, { params: { ...eve, gate: gate2 } });
  expect(await witness.ask('query', 'whenAsked', gate2)).toBe(true);
  await release(witness, gate);
  await owner.final(1);
  await release(witness, gate2);
  expect(await answerOf(thief)).toBe('gone refused');
  expect(thief.messages).toEqual([]);
  await expectServes(owner);
});
