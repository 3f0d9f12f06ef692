/**
 * One value for each contender and round. Each round measures all of them, every time in another order, so that
 * whatever else the machine does falls on all alike.
 * @template {string} Name
 * @param {ReadonlyMap<Name, { measure(calls: number): Promise<number> }>} pairs
 * @param {{ readonly warmUp: number, readonly rounds: number, readonly calls: number }} sizes
 * @returns {Promise<Map<Name, number[]>>}
 */
export async function runRounds(pairs, { warmUp, rounds, calls }) {
  for (const pair of pairs.values()) await pair.measure(warmUp);
  const contenders = [...pairs].map(([name, pair]) => ({ name, pair, values: /** @type {number[]} */ ([]) }));
  for (let round = 0; round < rounds; round++) {
    for (const { pair, values } of inOrder(contenders, round)) values.push(await pair.measure(calls));
  }
  return new Map(contenders.map(({ name, values }) => [name, values]));
}

/**
 * Each comes first, and each before and after any other, as often as the others.
 * @template T
 * @param {readonly T[]} all
 * @param {number} turn
 */
export function inOrder(all, turn) {
  const first = (turn >> 1) % all.length;
  const rotated = [...all.slice(first), ...all.slice(0, first)];
  return turn % 2 === 0 ? rotated : rotated.reverse();
}

/**
 * Of one round with itself: a machine that is slow for a while is slow for both.
 * @param {readonly number[]} values
 * @param {readonly number[]} baseline
 */
export function ratios(values, baseline) {
  return values.map((value, round) => value / (baseline[round] ?? Number.NaN));
}

/** @param {readonly number[]} values */
export function spread(values) {
  /** @param {number} share */
  const at = (share) => quantile(values, share);
  return { min: at(0), lower: at(0.25), median: at(0.5), upper: at(0.75), max: at(1) };
}

/**
 * What that share of all is at most; between two of them if it falls there.
 * @param {readonly number[]} values
 * @param {number} share
 */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)] ?? Number.NaN;
  const above = sorted[Math.ceil(place)] ?? Number.NaN;
  return below + (above - below) * (place % 1);
}
