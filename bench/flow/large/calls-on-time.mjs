import { setTimeout } from 'node:timers/promises';

/**
 * Calls that are due one every few ms, whatever became of those before: a caller that waited for each answer would
 * make fewest calls when they take longest. Answers how many ms each took since it was made, and since it was due.
 * @param {(seq: number) => Promise<number>} call
 * @param {{ readonly count: number, readonly everyMs: number }} sizes
 */
export async function callsOnTime(call, { count, everyMs }) {
  const begun = performance.now();
  const calls = [];
  for (let seq = 0; seq < count; seq++) {
    const due = begun + seq * everyMs;
    const early = due - performance.now();
    if (early > 0) await setTimeout(early);
    calls.push(timed(() => call(seq), due));
  }
  const all = await Promise.all(calls);
  return { sinceMade: all.map(({ sinceMade }) => sinceMade), sinceDue: all.map(({ sinceDue }) => sinceDue) };
}

/**
 * @param {() => Promise<number>} call
 * @param {number} due
 */
async function timed(call, due) {
  const made = performance.now();
  await call();
  const now = performance.now();
  // A timer may come a little before its time.
  return { sinceMade: now - made, sinceDue: now - Math.min(due, made) };
}
