/** Below what the protocol cuts into parts: a piece is an item, and an item a message. */
const PIECE = 32 * 1024;

type Bytes = Uint8Array<ArrayBuffer>;

/**
 * Cuts the chunks of a file up. A browser reads 2 MiB at a time when nobody hurries it, and progress is told by items:
 * it would come in leaps. The chunks themselves may be sent as well.
 */
export function inPieces(): TransformStream<Bytes, Bytes> {
  return new TransformStream({
    transform(chunk, pieces) {
      for (let at = 0; at < chunk.length; at += PIECE) pieces.enqueue(chunk.subarray(at, at + PIECE));
    },
  });
}
