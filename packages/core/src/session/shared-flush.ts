import type { Flushable, Turn } from './ports.js';

/**
 * For a runtime that tells when the microtasks of a turn are drained: all that is to be flushed then, by one callback
 * of `drained`, which must run. One flush that throws is told to `failed`, which must not, and takes no other with it.
 */
export function sharedFlush(
  drained: (callback: () => void) => void,
  failed: (error: unknown) => void,
): Turn['flush'] {
  let due: Flushable[] = [];
  const flushAll = (): void => {
    const flushes = due;
    due = [];
    for (const what of flushes) {
      try {
        what.flush();
      } catch (error) {
        failed(error);
      }
    }
  };
  return (what) => {
    if (due.push(what) === 1) drained(flushAll);
  };
}
