/** What a socket carries at a time: text, or bytes. */
export type FrameData = string | Uint8Array;

/** The first byte of a binary frame: a data frame whose messages have byte sections, or a part of one message. */
export const binaryKinds = { data: 1, part: 2 } as const;

const dataHead = 5;
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A data frame and the byte sections of its messages. `textBytes` is its length in UTF-8. */
export function encodeBinaryFrame(
  text: string,
  textBytes: number,
  sections: readonly Uint8Array[],
): Uint8Array {
  let length = dataHead + textBytes;
  for (const section of sections) length += section.length;
  const frame = new Uint8Array(length);
  frame[0] = binaryKinds.data;
  new DataView(frame.buffer).setUint32(1, textBytes);
  encoder.encodeInto(text, frame.subarray(dataHead));
  let at = dataHead + textBytes;
  for (const section of sections) {
    frame.set(section, at);
    at += section.length;
  }
  return frame;
}

/** The text of such a frame, and what follows it; undefined if it is none. */
export function readBinaryFrame(
  data: Uint8Array,
): { readonly text: string; readonly sections: Uint8Array } | undefined {
  if (data[0] !== binaryKinds.data || data.length < dataHead) return undefined;
  const end = dataHead + view(data).getUint32(1);
  const text = end > data.length ? undefined : decodeText(data.subarray(dataHead, end));
  return text === undefined ? undefined : { text, sections: data.subarray(end) };
}

/** Undefined for what is no UTF-8. */
export function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** A piece of a message that travels in parts. */
export interface Part {
  readonly transfer: number;
  /** What the whole message has of each, in bytes; only the first part says so. */
  readonly announced: { readonly json: number; readonly sections: number } | undefined;
  readonly last: boolean;
  readonly content: Uint8Array;
}

const firstFlag = 1;
const lastFlag = 2;
const laterHead = 6;
/** What a part has beside its content, at most. */
export const partHead = 14;

/** Room for a part of so much content; its content is to be written behind `head`. */
export function newPart(
  { transfer, announced, last }: Omit<Part, 'content'>,
  length: number,
): { readonly frame: Uint8Array; readonly content: Uint8Array } {
  const head = announced ? partHead : laterHead;
  const frame = new Uint8Array(head + length);
  const numbers = new DataView(frame.buffer);
  frame[0] = binaryKinds.part;
  frame[1] = (announced ? firstFlag : 0) | (last ? lastFlag : 0);
  numbers.setUint32(2, transfer);
  if (announced) {
    numbers.setUint32(6, announced.json);
    numbers.setUint32(10, announced.sections);
  }
  return { frame, content: frame.subarray(head) };
}

/** A frame of the second binary kind; undefined if it is too short to be one, or has flags that nobody knows. */
export function readPart(data: Uint8Array): Part | undefined {
  const flags = data[1] ?? 0;
  const first = (flags & firstFlag) !== 0;
  const head = first ? partHead : laterHead;
  if (data.length < head || flags > (firstFlag | lastFlag)) return undefined;
  const numbers = view(data);
  return {
    transfer: numbers.getUint32(2),
    announced: first ? { json: numbers.getUint32(6), sections: numbers.getUint32(10) } : undefined,
    last: (flags & lastFlag) !== 0,
    content: data.subarray(head),
  };
}

/** Writes as much of a text as there is room for; answers how much of either was used. */
export function encodeInto(
  text: string,
  target: Uint8Array,
): { readonly read: number; readonly written: number } {
  return encoder.encodeInto(text, target);
}

function view({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
