import type { Flushable, Turn } from '@hawser/core';

/** A loop that does not tell when its microtasks are drained: waits while messages arrive. */
export const webTurn: Turn = {
  flush(what) {
    settle(what, -1);
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

function settle(what: Flushable, seen: number): void {
  const { activity } = what;
  if (activity === seen) what.flush();
  else queueMicrotask(() => settle(what, activity));
}
