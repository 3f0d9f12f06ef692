import { expect } from 'vitest';
import { type Json, Kind } from './frames.ts';
import { expectClosed, expectServes, suite } from './suite.ts';
import { type Feature, featureWords } from './tables.ts';

const test = suite();

/** Messages that only a peer which announced the feature may be sent. */
const guarded: readonly [feature: Feature, message: Json][] = [
  ['drain', [Kind.drain, 1_000]],
  ['auth', [Kind.auth, {}]],
];

test('welcome announces words of this version', async ({ open }) => {
  const { features } = (await open()).welcome;
  expect(new Set(features).size).toBe(features.length);
  for (const word of features) expect(featureWords).toContain(word);
});

test.for(guarded)('without %s, %j is malformed', async ([feature, message], { open, skip }) => {
  const client = await open();
  skip(client.welcome.features.includes(feature), `the server announces ${feature}`);
  client.send([message]);
  await expectClosed(client, 'malformed');
});

test.for([[], ['nope'], ['bytes', 'nope', '__proto__'], [...featureWords]] as string[][])(
  'a hello may announce %j',
  async (features, { open }) => {
    await expectServes(await open({ features }));
  },
);

// Bytes, parts and streams belong to version 1.
test('nothing needs to be announced for bytes and parts', async ({ open }) => {
  const client = await open({ features: [] });
  client.sendBytes([[Kind.query, 1, 'weigh', null, { bytes: [[[], 'u8', 1]] }]], Uint8Array.of(1));
  client.sendParts([Kind.query, 2, 'greet', { name: 'Ada' }], 10);
  for (const id of [1, 2]) expect((await client.final(id))[0]).toBe(Kind.result);
});
