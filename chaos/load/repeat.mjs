import { sleep } from '../sleep.mjs';

/** Whatever is not over after this is left behind, open, and the next begins beside it. */
const patienceMs = 60_000;

/**
 * Does it again and again, until it is stopped.
 * @param {Pick<import('./call-book.mjs').Load, 'random' | 'stopping'>} load
 * @param {readonly [shortest: number, longest: number]} pause In ms, after each.
 * @param {() => Promise<unknown>} step
 */
export async function repeat({ random, stopping }, [shortest, longest], step) {
  while (!stopping.aborted) {
    await within(patienceMs, step());
    await sleep(random.between(shortest, longest), stopping);
  }
}

/**
 * Resolves with the promise, or after so many ms.
 * @param {number} ms
 * @param {Promise<unknown>} promise
 * @returns {Promise<void>}
 */
function within(ms, promise) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    void promise.then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
