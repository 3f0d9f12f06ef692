import type { Frame, Json } from './frames.ts';

/** Section 11. Only a first part tells the lengths of the message's JSON and of its byte sections. */
export interface Part {
  readonly transfer: number;
  readonly last: boolean;
  readonly lengths?: readonly [json: number, sections: number];
  readonly content: Uint8Array;
}

/** What a binary message is: a data frame with bytes, whose JSON is not looked at yet, or a part. */
export type Binary = { readonly json: string; readonly sections: Uint8Array } | { readonly part: Part };

const bytesTag = 1;
const partTag = 2;
const firstBit = 1;
const lastBit = 2;

/** So many bytes, none of which is like its neighbours. */
export function someBytes(length: number, seed = 0): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 7 + seed) % 251);
}

/** A data frame with bytes, section 10. */
export function bytesFrame(frame: Frame, ...sections: readonly Uint8Array[]): Uint8Array {
  return bytesText(JSON.stringify(frame), Buffer.concat(sections));
}

/** The same of any text. `jsonLength` may lie. */
export function bytesText(
  json: string,
  sections: Uint8Array,
  jsonLength = Buffer.byteLength(json),
): Uint8Array {
  const head = Buffer.alloc(5);
  head.writeUInt8(bytesTag, 0);
  head.writeUInt32BE(jsonLength, 1);
  return Buffer.concat([head, Buffer.from(json), sections]);
}

export function partFrame({ transfer, last, lengths, content }: Part): Uint8Array {
  const head = Buffer.alloc(lengths ? 14 : 6);
  head.writeUInt8(partTag, 0);
  head.writeUInt8((lengths ? firstBit : 0) | (last ? lastBit : 0), 1);
  head.writeUInt32BE(transfer, 2);
  if (lengths) {
    head.writeUInt32BE(lengths[0], 6);
    head.writeUInt32BE(lengths[1], 10);
  }
  return Buffer.concat([head, content]);
}

/** A message with its sections, cut into parts of `bytes` bytes. */
export function inParts(
  transfer: number,
  message: Json,
  bytes: number,
  ...sections: readonly Uint8Array[]
): Uint8Array[] {
  const json = Buffer.from(JSON.stringify(message));
  const content = Buffer.concat([json, ...sections]);
  const parts: Uint8Array[] = [];
  for (let start = 0; start < content.length; start += bytes) {
    const piece = content.subarray(start, start + bytes);
    const part = { transfer, last: start + bytes >= content.length, content: piece };
    const lengths = [json.length, content.length - json.length] as const;
    parts.push(partFrame(start === 0 ? { ...part, lengths } : part));
  }
  return parts;
}

/** An empty last part: the message is taken back. */
export function giveUp(transfer: number): Uint8Array {
  return partFrame({ transfer, last: true, content: new Uint8Array() });
}

/** Reads a binary message; nothing if it is neither of the two. */
export function readBinary(message: Uint8Array): Binary | undefined {
  const bytes = Buffer.from(message.buffer, message.byteOffset, message.length);
  if (bytes.length < 5) return undefined;
  if (bytes[0] === partTag) {
    const part = readPart(bytes);
    return part && { part };
  }
  const end = 5 + bytes.readUInt32BE(1);
  if (bytes[0] !== bytesTag || end > bytes.length) return undefined;
  return { json: bytes.toString('utf8', 5, end), sections: bytes.subarray(end) };
}

function readPart(bytes: Buffer): Part | undefined {
  const bits = bytes[1] ?? 0;
  const first = (bits & firstBit) !== 0;
  const start = first ? 14 : 6;
  if (bytes.length < start || bits > (firstBit | lastBit)) return undefined;
  const part = {
    transfer: bytes.readUInt32BE(2),
    last: (bits & lastBit) !== 0,
    content: bytes.subarray(start),
  };
  return first ? { ...part, lengths: [bytes.readUInt32BE(6), bytes.readUInt32BE(10)] } : part;
}
