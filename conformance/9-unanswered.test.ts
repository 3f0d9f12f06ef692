import { expect } from 'vitest';
import { hello, Kind, newKey } from './frames.ts';
import type { RawClient } from './raw-client.ts';
import { answerOf, append, dataFrames, release } from './resuming.ts';
import { expectClosed, expectServes, type Fixtures, suite } from './suite.ts';

const test = suite({}, { window: true });
const hasty = suite({ handshakeMs: 500 }, { window: true });

/** A session whose first socket is gone, while its context is made, with two mutations on it. */
async function orphaned(
  { dial, open }: Pick<Fixtures, 'dial' | 'open'>,
  params: { gate: string; refuse?: string },
): Promise<{ witness: RawClient; old: RawClient; key: string }> {
  const key = newKey();
  const [witness, old] = [await open(), await dial()];
  old.send(hello({ params }));
  for (const value of [0, 1]) old.send(append(value + 1, key, value));
  expect(await witness.ask('query', 'whenAsked', params.gate)).toBe(true);
  await witness.settle();
  old.drop();
  await old.whenClosed();
  await witness.settle();
  return { witness, old, key };
}

test('the early frames of a socket that is lost before welcome are carried out once', async ({
  dial,
  open,
}) => {
  const gate = newKey();
  const { witness, old, key } = await orphaned({ dial, open }, { gate });
  expect(await witness.ask('query', 'ran', key)).toEqual([]);
  await release(witness, gate);
  await witness.settle();
  expect(await witness.ask('query', 'ran', key)).toEqual([0, 1]);
  const client = await dial();
  client.askFor(old, { params: {} });
  await client.welcomed();
  expect(client.welcome).toMatchObject({ resumed: true, received: 2 });
  for (const id of [1, 2]) expect((await client.final(id))[0]).toBe(Kind.result);
  expect(await client.ask('query', 'ran', key)).toEqual([0, 1]);
});

test('a resume that is accepted before its open lets the early frames go, and the client sends them', async ({
  dial,
  open,
}) => {
  const gate = newKey();
  const { witness, old, key } = await orphaned({ dial, open }, { gate });
  const client = await dial();
  client.askFor(old, { params: {} });
  await client.welcomed();
  expect(client.welcome).toMatchObject({ resumed: true, sent: 0, received: 0 });
  client.sendAgain();
  await client.final(2);
  await release(witness, gate);
  await witness.settle();
  await expectServes(client);
  expect(await client.ask('query', 'ran', key)).toEqual([0, 1]);
});

test('an open that is accepted before the resume that waits for its own context', async ({ dial, open }) => {
  const [gate, gate2] = [newKey(), newKey()];
  const { witness, old, key } = await orphaned({ dial, open }, { gate });
  const client = await dial();
  client.askFor(old, { params: { gate: gate2 } });
  expect(await witness.ask('query', 'whenAsked', gate2)).toBe(true);
  await release(witness, gate);
  await witness.settle();
  expect(await witness.ask('query', 'ran', key)).toEqual([0, 1]);
  expect(client.frames).toEqual([]);
  await release(witness, gate2);
  await client.welcomed();
  expect(client.welcome).toMatchObject({ resumed: true, received: 2 });
  await client.final(2);
  expect(await client.ask('query', 'ran', key)).toEqual([0, 1]);
});

test('an open whose socket still listens is stale when its resume was accepted', async ({ dial, open }) => {
  const [gate, key] = [newKey(), newKey()];
  const [witness, old] = [await open(), await dial()];
  old.send(hello({ params: { gate } }));
  old.send(append(1, key, 0));
  expect(await witness.ask('query', 'whenAsked', gate)).toBe(true);
  const client = await dial();
  client.askFor(old, { params: {} });
  await client.welcomed();
  expect(client.welcome.received).toBe(0);
  client.sendAgain();
  await client.final(1);
  await release(witness, gate);
  expect(await answerOf(old)).toBe('bye stale-dial');
  expect(await client.ask('query', 'ran', key)).toEqual([0]);
});

test.for(['trouble', 'UNAUTHORIZED'])(
  'a session whose only dial fails (%s) is let go with its frames, though nobody listens',
  async (refuse, { dial, open }) => {
    const gate = newKey();
    const { witness, old, key } = await orphaned({ dial, open }, { gate, refuse });
    await release(witness, gate);
    await witness.settle();
    const client = await dial();
    client.askFor(old, { params: {} });
    expect(await answerOf(client)).toBe('gone not-opened');
    expect(await witness.ask('query', 'ran', key)).toEqual([]);
  },
);

test.for(['trouble', 'UNAUTHORIZED'])(
  'a session whose first dial fails (%s) stays while another is being decided',
  async (refuse, { dial, open }) => {
    const [gate, gate2] = [newKey(), newKey()];
    const { witness, old, key } = await orphaned({ dial, open }, { gate, refuse });
    const client = await dial();
    client.askFor(old, { params: { gate: gate2 } });
    expect(await witness.ask('query', 'whenAsked', gate2)).toBe(true);
    await release(witness, gate);
    await witness.settle();
    await release(witness, gate2);
    await client.welcomed();
    expect(client.welcome).toMatchObject({ resumed: true, sent: 0, received: 0 });
    client.sendAgain();
    await client.final(2);
    expect(await client.ask('query', 'ran', key)).toEqual([0, 1]);
  },
);

test('a resume whose socket is lost before welcome may be accepted for none', async ({
  dial,
  open,
  resume,
}) => {
  const gate = newKey();
  const [witness, old] = [await open(), await open()];
  old.acknowledgesUpTo = 0;
  for (let round = 0; round < 3; round++) await expectServes(old);
  old.drop();
  const lost = await dial();
  lost.askFor(old, { params: { gate } });
  expect(await witness.ask('query', 'whenAsked', gate)).toBe(true);
  lost.drop();
  await lost.whenClosed();
  await release(witness, gate);
  await witness.settle();
  const client = await resume(old, { dial: 3 });
  await dataFrames(client, 3);
  await expectServes(client);
});

test('a welcome that is lost does no harm', async ({ dial, open, resume }) => {
  const key = newKey();
  const old = await open();
  old.acknowledgesUpTo = 1;
  for (let round = 0; round < 3; round++) await expectServes(old);
  old.lose(append(old.nextId(), key, 0));
  old.drop();
  for (let round = 2; round <= 5; round++) {
    const unheard = await dial();
    unheard.acknowledgesUpTo = 1;
    unheard.askFor(old, { dial: round });
    await unheard.welcomed();
    unheard.drop();
  }
  const client = await resume(old, { dial: 6 });
  expect(client.welcome).toMatchObject({ sent: 3, received: 3 });
  await dataFrames(client, 2);
  await client.final(4);
  expect(await client.ask('query', 'ran', key)).toEqual([0]);
});

test('the welcome of an open that is lost: nothing was carried out twice, and all answers come', async ({
  dial,
  open,
}) => {
  const key = newKey();
  const [witness, unheard] = [await open(), await dial()];
  unheard.acknowledgesUpTo = 0;
  unheard.send(hello());
  for (const value of [0, 1]) unheard.send(append(value + 1, key, value));
  await unheard.final(2);
  unheard.drop();
  const client = await dial();
  // Who has not seen welcome knows no server.
  client.askFor(unheard, { server: undefined });
  await client.welcomed();
  expect(client.welcome).toMatchObject({ resumed: true, received: 2, sent: unheard.received });
  for (const id of [1, 2]) expect((await client.final(id))[0]).toBe(Kind.result);
  expect(await witness.ask('query', 'ran', key)).toEqual([0, 1]);
});

test('a hello whose socket is cut at once', async ({ dial, open, resume }) => {
  const key = newKey();
  const old = await open();
  for (let value = 0; value < 3; value++) old.send(append(value + 1, key, value));
  for (let round = 2; round <= 12; round++) {
    const cut = await dial();
    if (round === 2) old.silence();
    cut.askFor(old, { dial: round });
    cut.drop();
  }
  const client = await resume(old, { dial: 13 });
  await client.settle();
  expect(await client.ask('query', 'ran', key)).toEqual([0, 1, 2]);
});

test.for(['trouble', 'UNAUTHORIZED'])(
  'a resume that fails (%s) leaves the open that is being decided',
  async (refuse, { dial, open }) => {
    const [gate, key] = [newKey(), newKey()];
    const [witness, client] = [await open(), await dial()];
    client.send(hello({ params: { gate } }));
    client.send(append(1, key, 0));
    expect(await witness.ask('query', 'whenAsked', gate)).toBe(true);
    const failed = await dial();
    failed.askFor(client, { params: { refuse } });
    expect(await answerOf(failed)).toBe(refuse === 'trouble' ? 'bye trouble' : 'bye unauthorized');
    await release(witness, gate);
    await client.final(1);
    expect(await client.ask('query', 'ran', key)).toEqual([0]);
  },
);

hasty('a dial that was told bye is void, whatever its context becomes', async ({ dial, open }) => {
  const [gate, key] = [newKey(), newKey()];
  const old = await dial();
  old.send(hello({ params: { gate } }));
  old.send(append(1, key, 0));
  await expectClosed(old, 'trouble');
  const witness = await open();
  await release(witness, gate);
  await witness.settle();
  expect(await witness.ask('query', 'ran', key)).toEqual([]);
  const client = await dial();
  client.askFor(old, { params: {} });
  expect(await answerOf(client)).toBe('gone not-opened');
});

hasty('a resume that was told bye is void, and another is not', async ({ dial, open, resume }) => {
  const gate = newKey();
  const [witness, old] = [await open(), await open()];
  old.drop();
  const slow = await dial();
  slow.askFor(old, { params: { gate } });
  await expectClosed(slow, 'trouble');
  const client = await resume(old, { dial: 3 });
  await release(witness, gate);
  await client.settle();
});
