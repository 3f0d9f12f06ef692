import assert from 'node:assert/strict';
import { order } from '../payloads.mjs';

/** @type {import('../contender.mjs').Scenario} */
export const scenario = {
  title: 'One call in flight: no timer is in its way',
  unit: 'µs',
  baseline: 'bare-ws',
  subject: 'hawser',
  others: [],
  bar: 1.4,
  defaults: { warmUp: 10_000, rounds: 21, roundsEach: 7, calls: 2000, profiled: 60_000 },

  async check(client) {
    const orders = [order(1), order(-7), order(2 ** 31), { ...order(2), note: 'Größe "vor" Preis 🚢' }];
    for (const it of orders) assert.deepEqual(await client.echo(it), it);
    const together = [11, 12, 13, 14].map(order);
    assert.deepEqual(await Promise.all(together.map((it) => client.echo(it))), together);
  },

  async measure(client, calls) {
    const times = new Float64Array(calls);
    for (let i = 0; i < calls; i++) {
      const sent = order(i);
      const begun = performance.now();
      const answer = await client.echo(sent);
      times[i] = performance.now() - begun;
      if (/** @type {{ seq?: unknown }} */ (answer).seq !== i)
        throw new Error(`Call ${i} got another answer`);
    }
    return (times.sort()[calls >> 1] ?? Number.NaN) * 1000;
  },
};
