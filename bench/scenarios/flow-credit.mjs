import assert from 'node:assert/strict';
import { smallNote } from '../payloads.mjs';
import { tickScenario } from '../tick-scenario.mjs';

const stream = { apart: false, note: smallNote };

const ticks = tickScenario({
  title: 'What credit costs: CPU time of client and server, small items as fast as they are read',
  ...stream,
  defaults: { warmUp: 200_000, rounds: 20, roundsEach: 5, calls: 200_000, profiled: 2_000_000 },
});

/** As many as no window holds. */
const manyItems = 20_000;

/** @type {import('../contender.mjs').Scenario} */
export const scenario = {
  ...ticks,
  baseline: 'hawser-credit-off',
  subject: 'hawser-credit-on',
  others: ['hawser-credit-off-too'],
  bar: 1.1,

  async check(client) {
    await ticks.check(client);
    await ticks.measure(client, manyItems);
    assert.equal(Number(client.credits?.()) > 0, client.grantsCredit, 'Credit is not as this contender says');
  },
};
