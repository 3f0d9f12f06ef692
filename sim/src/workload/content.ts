/** Bytes of a length, made from a seed: those of two seeds differ. */
export function content(seed: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = byteAt(seed, i);
  return bytes;
}

/** Whether a value is just those bytes, and nothing else is in its memory. */
export function isContent(value: unknown, seed: number, length: number): boolean {
  const bytes = value instanceof ArrayBuffer ? new Uint8Array(value) : value;
  if (!(bytes instanceof Uint8Array) || bytes.length !== length) return false;
  return bytes.buffer.byteLength === length && bytes.every((byte, i) => byte === byteAt(seed, i));
}

function byteAt(seed: number, index: number): number {
  return (seed * 37 + index * 29 + (index >> 8) + (seed >> 8)) & 0xff;
}
