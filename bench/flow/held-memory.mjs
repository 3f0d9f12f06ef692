import process from 'node:process';
import { setImmediate as turn } from 'node:timers/promises';

/** @typedef {{ readonly rss: number, readonly held: number }} HeldMemory */

/**
 * Bytes of the whole process, and what lives on its heap and beside it, after a collection. Needs `--expose-gc`.
 * @returns {Promise<HeldMemory>}
 */
export async function heldMemory() {
  // What one collection has let go of may hold memory that only the next one frees.
  for (let i = 0; i < 3; i++) {
    globalThis.gc?.();
    await turn();
  }
  const { rss, heapUsed, external } = process.memoryUsage();
  return { rss, held: heapUsed + external };
}
