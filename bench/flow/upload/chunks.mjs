import { createHash } from 'node:crypto';

/**
 * Chunks as a file's stream gives them: each has memory of its own. No two are alike, so that one too many, one too
 * few and two in the wrong order all show.
 * @param {{ readonly bytes: number, readonly chunkBytes: number }} sizes
 * @param {import('node:crypto').Hash} hash Sees all of them on their way.
 * @returns {AsyncGenerator<Uint8Array<ArrayBuffer>>}
 */
export async function* chunksOf({ bytes, chunkBytes }, hash) {
  const pattern = Uint8Array.from({ length: chunkBytes }, (_, i) => (i * 31) ^ (i >> 8));
  for (let made = 0; made < bytes; made += chunkBytes) {
    const chunk = pattern.slice();
    new DataView(chunk.buffer).setUint32(0, made / chunkBytes);
    hash.update(chunk);
    yield chunk;
  }
}

export function sha256() {
  return createHash('sha256');
}
