import type { Clock } from '@hawser/core';

/** Timers that do not keep the process alive: a server's listening socket does that. */
export const nodeClock: Clock = {
  now: () => performance.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms).unref();
    return { cancel: () => clearTimeout(timer) };
  },
};
