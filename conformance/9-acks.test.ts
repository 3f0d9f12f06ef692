import { expect } from 'vitest';
import { giveUp, partFrame, someBytes } from './binary.ts';
import { Kind, newKey } from './frames.ts';
import type { RawClient } from './raw-client.ts';
import { acknowledged, pass, quiet, quietFrame, release } from './resuming.ts';
import { expectServes, suite } from './suite.ts';
import { defaultLimit } from './tables.ts';

const windowBytes = 16_384;

const test = suite({}, { window: true });
const narrow = suite({ limits: { windowBytes } }, { window: true });

const ackFrames = defaultLimit('ackFrames');
const ackBytes = defaultLimit('ackBytes');

/** The longest that an ack may take, and room for a machine that is busy. */
const dueMs = 1_000;
const slackMs = 3_000;

const rounds = 10;

/** Sends something again and again, each time when the last was acknowledged, far sooner than in a second each. */
async function expectDueAtOnce(client: RawClient, send: () => void): Promise<void> {
  const start = performance.now();
  for (let round = 0; round < rounds; round++) {
    send();
    await acknowledged(client, client.sent);
  }
  expect(performance.now() - start).toBeLessThan((rounds * dueMs) / 2);
}

test('an ack is due after ackFrames frames', async ({ open }) => {
  const client = await open();
  await expectDueAtOnce(client, () => {
    for (let count = 0; count < ackFrames; count++) client.send(quiet);
  });
});

test('an ack is due after ackBytes bytes', async ({ open }) => {
  const client = await open();
  await expectDueAtOnce(client, () => client.send(quietFrame(ackBytes)));
});

test('the bytes of several frames add up to an ack', async ({ open }) => {
  const client = await open();
  await expectDueAtOnce(client, () => {
    for (let count = 0; count < 4; count++) client.send(quietFrame(ackBytes / 4));
  });
});

test('the bytes of binary frames count for an ack, and parts before their message is whole', async ({
  open,
}) => {
  const client = await open();
  const transfer = client.nextTransfer();
  const content = someBytes(ackBytes);
  const lengths = [content.length * 2 * rounds, 0] as const;
  client.sendBinary(partFrame({ transfer, last: false, lengths, content }));
  await expectDueAtOnce(client, () => client.sendBinary(partFrame({ transfer, last: false, content })));
  client.sendBinary(giveUp(transfer));
  await expectDueAtOnce(client, () =>
    client.sendBytes([[Kind.item, -99, null, null, { bytes: [[[], 'u8', ackBytes]] }]], content),
  );
});

narrow('an ack is due after a quarter of windowBytes', async ({ open }) => {
  const client = await open();
  await expectDueAtOnce(client, () => client.send(quietFrame(windowBytes / 4)));
});

test('an ack is due one second after a frame', async ({ open }) => {
  const client = await open();
  for (let round = 0; round < 2; round++) {
    const start = performance.now();
    client.send(quiet);
    await acknowledged(client, client.sent);
    expect(performance.now() - start).toBeLessThan(dueMs + slackMs);
  }
});

test('a frame is acknowledged when it was handed on, not when its call has ended', async ({ open }) => {
  const key = newKey();
  const client = await open();
  const call = client.call('query', 'slow', { key });
  const start = performance.now();
  await acknowledged(client, 1);
  expect(performance.now() - start).toBeLessThan(dueMs + slackMs);
  expect(client.of(call.id)).toEqual([]);
  await release(client, key);
  await call.final();
});

test('items that nobody consumes are acknowledged all the same', async ({ open }) => {
  const client = await open();
  await client.call('subscription', 'count', { n: defaultLimit('firstItems') - 1 }).final();
  client.send(quiet);
  await acknowledged(client, client.sent);
  await expectServes(client);
});

test('answers tell what was received', async ({ open }) => {
  const client = await open();
  for (let round = 0; round < 3 * ackFrames; round++) await expectServes(client);
  await acknowledged(client, 2 * ackFrames);
});

test('an ack is not answered by an ack', async ({ open }) => {
  const [witness, client] = [await open(), await open()];
  const acks = (): number => client.frames.filter(([name]) => name === 'ack').length;
  client.send(quiet);
  await acknowledged(client, 1);
  const before = acks();
  for (let round = 0; round < 5; round++) client.send(['ack', client.sent, client.received]);
  await pass(witness, 2 * dueMs);
  await client.ping();
  expect(acks()).toBe(before);
});

test('a resumed session acknowledges on its new socket', async ({ open, resume }) => {
  const old = await open();
  for (let count = 0; count < ackFrames - 1; count++) old.send(quiet);
  await old.ping();
  old.drop();
  const client = await resume(old);
  expect(client.welcome.received).toBe(ackFrames - 1);
  await expectDueAtOnce(client, () => {
    for (let count = 0; count < ackFrames; count++) client.send(quiet);
  });
});

test('what the server acknowledged need not be sent again', async ({ open, resume }) => {
  const key = newKey();
  const old = await open();
  for (let value = 0; value < ackFrames; value++) {
    old.send([[Kind.mutation, value + 1, 'append', { key, value }]]);
  }
  await acknowledged(old, ackFrames);
  old.drop();
  const client = await resume(old);
  expect(client.welcome.received).toBe(ackFrames);
  expect(await client.ask('query', 'ran', key)).toHaveLength(ackFrames);
});
