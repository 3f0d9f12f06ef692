import assert from 'node:assert/strict';
import { order } from '../../payloads.mjs';
import { first } from '../load.mjs';
import { callOnce } from './calls.mjs';

/**
 * `size` calls of one turn, all of them aborted in the same turn, each by a signal of its own: none has left yet.
 * @type {import('../load.mjs').Load}
 */
export const aborts = {
  sockets: 1,

  async check(clients) {
    assert.equal(await aborted(clients, 3), 3);
    await callOnce(first(clients).echo, 1);
  },

  async run(clients, size) {
    const begun = performance.now();
    const amount = await aborted(clients, size);
    const ms = performance.now() - begun;
    if (amount !== size) throw new Error(`${amount} calls were rejected instead of ${size}`);
    await callOnce(first(clients).echo, 1);
    return { amount, ms };
  },
};

/**
 * How many calls were rejected.
 * @param {readonly import('../load.mjs').SpeedClient[]} clients
 * @param {number} count
 */
async function aborted(clients, count) {
  const { abortable } = first(clients);
  if (!abortable) throw new Error('This contender has no calls that can be aborted');
  const controllers = Array.from({ length: count }, () => new AbortController());
  const made = controllers.map(({ signal }, seq) => abortable(order(seq), signal));
  for (const controller of controllers) controller.abort();
  const ends = await Promise.allSettled(made);
  return ends.filter(({ status }) => status === 'rejected').length;
}
