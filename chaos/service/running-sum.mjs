import { crc32 } from 'node:zlib';

/**
 * The sum of a stream after one more chunk. It tells apart what a checksum of all bytes would not: another cut
 * between two chunks, and where an empty one was.
 * @param {number} sum Before it; 0 at the beginning.
 * @param {Uint8Array} chunk
 */
export function addToSum(sum, chunk) {
  return Math.imul((sum ^ crc32(chunk)) + 1, 0x9e3779b1) >>> 0;
}
