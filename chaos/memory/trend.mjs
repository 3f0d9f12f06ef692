/** What a heap may grow by over a run, as a share of its median, and still count as flat. */
const tolerance = 0.05;

/** Of a normal distribution: once in a hundred series without a trend. */
const rare = 2.58;

/**
 * Whether a series rises. The first quarter, while code is compiled and tables find their size, does not count.
 * The slope is Theil and Sen's, the median of the slopes between all pairs of samples, so that no single peak makes
 * it; whether it can be chance is Mann and Kendall's test, by how many pairs rise and how many fall. A heap grows if
 * its slope is significant and amounts to more than the tolerance over the samples that count.
 * @param {readonly number[]} series At even intervals.
 */
export function trendOf(series) {
  const third = Math.max(1, Math.floor(series.length / 3));
  const counted = series.slice(Math.floor(series.length / 4));
  /** @type {number[]} */
  const slopes = [];
  let score = 0;
  counted.forEach((from, i) => {
    counted.slice(i + 1).forEach((to, j) => {
      slopes.push((to - from) / (j + 1));
      score += Math.sign(to - from);
    });
  });
  const n = counted.length;
  const growth = slopes.length === 0 ? 0 : median(slopes) * (n - 1);
  const deviation = Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18);
  const significant = n > 3 && Math.abs(score) - 1 > rare * deviation;
  return {
    first: median(series.slice(0, third)),
    last: median(series.slice(-third)),
    growth,
    significant,
    rises: significant && growth > tolerance * median(counted),
  };
}

/** @param {readonly number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
}
