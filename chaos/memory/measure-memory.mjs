import process from 'node:process';
import { setImmediate as turn } from 'node:timers/promises';
import { writeHeapSnapshot } from 'node:v8';

/** Bytes that live on the heap, and of the whole process, after a collection. Needs `--expose-gc`. */
export async function measureMemory() {
  for (let i = 0; i < 2; i++) {
    globalThis.gc?.();
    await turn();
  }
  const { heapUsed, rss, external } = process.memoryUsage();
  return { heapUsed, rss, external };
}

/** @typedef {Awaited<ReturnType<typeof measureMemory>>} Memory */

/** @param {string} path */
export function snapshot(path) {
  writeHeapSnapshot(path);
}
