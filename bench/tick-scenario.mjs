import assert from 'node:assert/strict';
import { tick } from './payloads.mjs';

/**
 * What resume costs a stream of small items, in CPU time of client and server.
 * @param {Pick<import('./contender.mjs').Scenario, 'title' | 'defaults'>
 *   & Omit<import('./payloads.mjs').Stream, 'count'>} options
 * @returns {import('./contender.mjs').Scenario}
 */
export function tickScenario({ title, defaults, ...stream }) {
  return {
    title,
    unit: 'µs an item',
    baseline: 'hawser-window-off',
    subject: 'hawser',
    others: ['hawser-window-off-too'],
    bar: 1.05,
    defaults,

    async check(client) {
      const ticks = [];
      for await (const it of ticksOf(client, 3)) ticks.push(it);
      assert.deepEqual(
        ticks,
        [0, 1, 2].map((seq) => tick(seq, stream.note)),
      );
    },

    async measure(client, calls) {
      let next = 0;
      for await (const { seq } of ticksOf(client, calls)) {
        if (seq !== next++) throw new Error(`Item ${seq} came where ${next - 1} was due`);
      }
      if (next !== calls) throw new Error(`${next} items came instead of ${calls}`);
    },
  };

  /**
   * @param {import('./contender.mjs').Client} client
   * @param {number} count
   */
  function ticksOf({ ticks }, count) {
    if (!ticks) throw new Error('This contender has no streams');
    return ticks({ count, ...stream });
  }
}
