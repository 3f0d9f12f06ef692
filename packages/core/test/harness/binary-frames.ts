import type { Frame } from './frames.ts';
import { joined } from './witness.ts';

/** Bytes in UTF-8. */
export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** How many bytes a socket carries for a frame. */
export function bytesOf(data: string | Uint8Array): number {
  return typeof data === 'string' ? utf8(data).length : data.length;
}

/** So many bytes, none of which is like its neighbours. */
export function bytes(length: number, seed = 0): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 7 + seed) % 251);
}

/** A data frame with bytes, as in section 10 of PROTOCOL.md. */
export function binaryFrame(frame: Frame, ...sections: readonly Uint8Array[]): Uint8Array {
  return binaryText(JSON.stringify(frame), ...sections);
}

/** The same of a text that need not be a frame. */
export function binaryText(text: string, ...sections: readonly Uint8Array[]): Uint8Array {
  const json = utf8(text);
  return joined([Uint8Array.of(1), uint32(json.length), json, ...sections]);
}

export interface PartFields {
  readonly transfer?: number;
  /** Lengths of the JSON and of the sections: a first part has them. */
  readonly announced?: readonly [json: number, sections: number];
  readonly last?: boolean;
}

/** A part, as in section 11 of PROTOCOL.md. */
export function partFrame(
  { transfer = 1, announced, last = false }: PartFields,
  content: Uint8Array,
): Uint8Array {
  const flags = (announced ? 1 : 0) | (last ? 2 : 0);
  const lengths = (announced ?? []).map(uint32);
  return joined([Uint8Array.of(2, flags), uint32(transfer), ...lengths, content]);
}

/** A message in parts, cut into pieces of so many bytes. */
export function inParts(
  transfer: number,
  message: Frame,
  pieceBytes: number,
  ...sections: readonly Uint8Array[]
): readonly Uint8Array[] {
  const json = utf8(JSON.stringify(message));
  const bytes = joined(sections);
  const content = joined([json, bytes]);
  const starts = Array.from({ length: Math.ceil(content.length / pieceBytes) }, (_, i) => i * pieceBytes);
  return starts.map((start) => {
    const last = start + pieceBytes >= content.length;
    const announced = start === 0 ? ([json.length, bytes.length] as const) : undefined;
    const piece = content.subarray(start, start + pieceBytes);
    return partFrame(announced ? { transfer, announced, last } : { transfer, last }, piece);
  });
}

function uint32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}
