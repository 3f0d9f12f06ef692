/**
 * How many of some moments fall into each stretch of time.
 * @param {readonly number[]} moments In ms.
 * @param {number} bucketMs
 */
export function buckets(moments, bucketMs) {
  /** @type {number[]} */
  const counts = [];
  for (const at of moments) {
    const bucket = Math.floor(at / bucketMs);
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  return Array.from(counts, (count = 0) => count);
}

/**
 * The largest bucket's share of all.
 * @param {readonly number[]} counts
 */
export function largestShare(counts) {
  return Math.max(0, ...counts) / Math.max(1, total(counts));
}

/**
 * As Markdown, one row for each stretch of time.
 * @param {ReadonlyMap<string, readonly number[]>} columns
 * @param {number} bucketMs
 */
export function histogram(columns, bucketMs) {
  const all = [...columns.values()];
  const lines = Array.from({ length: Math.max(...all.map((counts) => counts.length)) }, (_, row) => {
    const cells = all.map((counts) => {
      const count = counts[row] ?? 0;
      const share = count / Math.max(1, total(counts));
      return `${count} | ${percent(share)} ${'#'.repeat(Math.round(share * 200))}`;
    });
    return `| ${row * bucketMs} | ${cells.join(' | ')} |`;
  });
  const head = ['from, ms', ...[...columns.keys()].flatMap((name) => [name, 'share'])];
  return [`| ${head.join(' | ')} |`, `|--:${'|--:|---'.repeat(columns.size)}|`, ...lines].join('\n');
}

/** @param {number} share */
export function percent(share) {
  return `${(share * 100).toFixed(1)} %`;
}

/** @param {readonly number[]} counts */
function total(counts) {
  return counts.reduce((sum, count) => sum + count, 0);
}
