import { expect } from 'vitest';
import { type Json, Kind } from './frames.ts';
import { expectClosed, expectServes, suite } from './suite.ts';
import { type Feature, featureWords } from './tables.ts';

const test = suite();

/** Messages that only a peer which announced the feature may be sent. */
const guarded: readonly [feature: Feature, message: Json][] = [
  ['drain', [Kind.drain, 1_000]],
  ['auth', [Kind.auth, {}]],
  ['streams', [Kind.item, -1, 'data']],
  ['streams', [Kind.end, -1]],
  ['streams', [Kind.error, -1, { message: 'm', code: -32603, data: {} }]],
  ['streams', [Kind.cancel, -1]],
  ['streams', [Kind.credit, -1, 1]],
  ['streams', [Kind.position, -1, 'event']],
  ['streams', [Kind.gap, -1, 'dropped', 1]],
];

test('welcome announces words of this version', async ({ open }) => {
  const { features } = (await open()).welcome;
  expect(new Set(features).size).toBe(features.length);
  for (const word of features) expect(featureWords).toContain(word);
});

test.for(guarded)('without %s, %j is malformed', async ([feature, message], { open }) => {
  const client = await open();
  if (client.welcome.features.includes(feature)) return;
  client.send([message]);
  await expectClosed(client, 'malformed');
});

test.for([[], ['nope'], ['bytes', 'nope', '__proto__'], [...featureWords]] as string[][])(
  'a hello may announce %j',
  async (features, { open }) => {
    await expectServes(await open({ features }));
  },
);
