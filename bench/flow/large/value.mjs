/** Less than the 64 MiB that a value may have by default. */
export const valueBytes = 50 * 2 ** 20;

/** No two places that are read have the same neighbours: a prime, and less than what travels at once. */
const stride = 65_521;

export const value = new Uint8Array(valueBytes);
for (let i = 0; i < valueBytes; i++) value[i] = (i * 31) ^ (i >> 8) ^ (i >> 16);

let looked = false;

/**
 * Throws if it is not `value`. The first is compared as a whole, later ones here and there: to read all of one takes
 * longer than the calls beside it.
 * @param {Uint8Array} arrived
 */
export function look(arrived) {
  const step = looked ? stride : 1;
  looked = true;
  let right = arrived.length === valueBytes;
  for (let at = 0; right && at < valueBytes; at += step) right = arrived[at] === value[at];
  if (!right) throw new Error('The value did not arrive as it was sent');
}
