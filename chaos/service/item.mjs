import { hash } from '../seeded.mjs';

/** Bytes of ballast; most items are small, a few are not. */
const ballast = 'x'.repeat(4096);

/**
 * One numbered item of a stream.
 * @param {string} key The stream.
 * @param {string} run Which run of its handler.
 * @param {number} n
 */
export function item(key, run, n) {
  const proof = hash(`${key} ${run} ${n}`);
  return { run, n, proof, pad: ballast.slice(0, proof % 256 === 0 ? proof % 4096 : proof % 64) };
}

/**
 * Whether it is the item that it says it is.
 * @param {string} key
 * @param {ReturnType<typeof item>} it
 */
export function isGenuine(key, { run, n, proof, pad }) {
  const real = item(key, run, n);
  return real.proof === proof && real.pad === pad;
}
