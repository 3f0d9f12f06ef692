import type { Turn } from '@hawser/core';
import { sharedFlush } from '@hawser/core';

/** What is there now: fake timers of a test replace these, and one that is dropped would be the last. */
const { nextTick } = process;
const microtask = queueMicrotask;

/** Node's event loop: `nextTick` callbacks run when the microtasks are drained, before any input. */
export const nodeTurn: Turn = {
  flush: sharedFlush(
    (callback) => microtask(() => nextTick(callback)),
    // It takes the process's way of dealing with it.
    (error) =>
      nextTick(() => {
        throw error;
      }),
  ),
  yield(callback) {
    setImmediate(callback);
  },
};
