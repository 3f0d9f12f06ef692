import type { Turn } from '@hawser/core';

/** Node's event loop: `nextTick` callbacks run when the microtasks are drained, before any input. */
export const nodeTurn: Turn = {
  flush(callback) {
    queueMicrotask(() => process.nextTick(callback));
  },
  yield(callback) {
    setImmediate(callback);
  },
};
