import { setTimeout as delay } from 'node:timers/promises';

/**
 * What a page saw of its stream.
 * @typedef {object} Visit
 * @property {number} ms
 * @property {number} count Items that came.
 * @property {number} jumps Items that were not the one after the last.
 * @property {number} commits
 * @property {number} frames
 * @property {number} dropped Frames that a screen of 60 Hz would have shown, and did not.
 * @property {number} longest The longest frame, in ms.
 * @property {number} most Most commits between two frames.
 * @property {number} busyMs What the main thread spent on tasks of any kind.
 */

/**
 * Opens a page, has it take items, and closes it.
 * @param {import('playwright-core').BrowserContext} context
 * @param {string} url
 * @param {{ rate: number, count: number }} input
 * @returns {Promise<Visit>}
 */
export async function visit(context, url, input) {
  const page = await context.newPage();
  try {
    await page.goto(url);
    const metrics = await context.newCDPSession(page);
    await metrics.send('Performance.enable');
    const busy = async () => {
      const { metrics: all } = await metrics.send('Performance.getMetrics');
      return (all.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN) * 1000;
    };
    const before = await busy();
    const started = page.evaluate((given) => /** @type {any} */ (window).start(given), input);
    const seen = await Promise.race([started, tooLate(input)]);
    return { ...seen, busyMs: (await busy()) - before };
  } finally {
    await page.close();
  }
}

/**
 * Whoever lost the last item would be waited for for ever.
 * @param {{ rate: number, count: number }} input
 * @returns {Promise<never>}
 */
async function tooLate({ rate, count }) {
  await delay((count / rate) * 10_000, undefined, { ref: false });
  throw new Error('The page has not had its last item');
}
