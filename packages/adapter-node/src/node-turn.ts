import type { Turn } from '@hawser/core';

/** Flushes of this turn. */
let due: (() => void)[] = [];

/** Node's event loop: `nextTick` callbacks run when the microtasks are drained, before any input. */
export const nodeTurn: Turn = {
  flush(callback) {
    if (due.push(callback) === 1) queueMicrotask(() => process.nextTick(flushAll));
  },
  yield(callback) {
    setImmediate(callback);
  },
};

/** One that throws takes the process's way of dealing with it, and no other flush with it. */
function flushAll(): void {
  const flushes = due;
  due = [];
  for (let i = 0; i < flushes.length; i++) {
    try {
      flushes[i]?.();
    } catch (error) {
      process.nextTick(() => {
        throw error;
      });
    }
  }
}
