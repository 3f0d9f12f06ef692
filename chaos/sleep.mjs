import { setTimeout as wait } from 'node:timers/promises';

/**
 * Resolves after so many ms, or as soon as it is aborted.
 * @param {number} ms
 * @param {AbortSignal} [signal]
 */
export async function sleep(ms, signal) {
  await wait(ms, undefined, { signal }).catch(() => {});
}
