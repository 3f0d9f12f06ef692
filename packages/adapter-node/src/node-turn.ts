import type { Turn } from '@hawser/core';
import { sharedFlush } from '@hawser/core';

/** Node's event loop: `nextTick` callbacks run when the microtasks are drained, before any input. */
export const nodeTurn: Turn = {
  flush: sharedFlush(
    (callback) => queueMicrotask(() => process.nextTick(callback)),
    // It takes the process's way of dealing with it.
    (error) =>
      process.nextTick(() => {
        throw error;
      }),
  ),
  yield(callback) {
    setImmediate(callback);
  },
};
