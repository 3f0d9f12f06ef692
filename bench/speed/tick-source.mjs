import { smallNote, tick } from '../payloads.mjs';

/**
 * A source that never waits, about 100 bytes of JSON an item.
 * @param {number} count
 */
export async function* tickSource(count) {
  for (let seq = 0; seq < count; seq++) yield tick(seq, smallNote);
}
