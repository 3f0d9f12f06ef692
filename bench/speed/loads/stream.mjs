import assert from 'node:assert/strict';
import { smallNote, tick } from '../../payloads.mjs';
import { first } from '../load.mjs';
import { callOnce, plain } from './calls.mjs';

/**
 * One stream of `size` items from a source that never waits.
 * @type {import('../load.mjs').Load}
 */
export const stream = {
  sockets: 1,

  async check(clients) {
    /** @type {unknown[]} */
    const ticks = [];
    await first(clients).ticks(3, (tick) => ticks.push(plain(tick)));
    assert.deepEqual(
      ticks,
      [0, 1, 2].map((seq) => tick(seq, smallNote)),
    );
    await readAll(first(clients), 5000);
  },

  async run(clients, size) {
    const begun = performance.now();
    await readAll(first(clients), size);
    return { amount: size, ms: performance.now() - begun };
  },
};

/**
 * The same, while a client on another socket makes one call after the other. The figure is the worst of them, in ms.
 * @type {import('../load.mjs').Load}
 */
export const streamBeside = {
  ...stream,
  sockets: 2,

  async run([reader, caller], size) {
    if (!reader || !caller) throw new Error('Two clients are needed');
    let streaming = true;
    let amount = 0;
    let worst = 0;
    const begun = performance.now();
    const read = readAll(reader, size).finally(() => {
      streaming = false;
    });
    while (streaming) {
      const sent = performance.now();
      await callOnce(caller.echo, amount++);
      worst = Math.max(worst, performance.now() - sent);
    }
    await read;
    return { amount, ms: performance.now() - begun, figure: worst };
  },
};

/**
 * @param {import('../load.mjs').SpeedClient} client
 * @param {number} count
 */
async function readAll(client, count) {
  let next = 0;
  await client.ticks(count, ({ seq }) => {
    if (seq !== next++) throw new Error(`Item ${seq} came where ${next - 1} was due`);
  });
  if (next !== count) throw new Error(`${next} items came instead of ${count}`);
}
