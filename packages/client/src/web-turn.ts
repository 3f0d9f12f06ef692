import type { Turn } from '@hawser/core';

/** A loop that does not tell when its microtasks are drained: waits while messages arrive. */
export const webTurn: Turn = {
  flush(callback, activity) {
    settle(callback, activity, -1);
  },
  yield(callback) {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      callback();
    };
    port2.postMessage(undefined);
  },
};

function settle(callback: () => void, activity: () => number, seen: number): void {
  const now = activity();
  if (now === seen) callback();
  else queueMicrotask(() => settle(callback, activity, now));
}
