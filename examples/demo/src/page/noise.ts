/** As much as `getRandomValues` gives at a time. */
const PIECE = 65_536;

/** A file for whoever has none at hand: random, so that its digest is like no other. */
export function noise(size: number): File {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  for (let left = size; left > 0; left -= PIECE) {
    pieces.push(crypto.getRandomValues(new Uint8Array(Math.min(left, PIECE))));
  }
  return new File(pieces, 'noise.bin');
}
