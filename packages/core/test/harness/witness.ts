import type { Frame, Json } from './frames.ts';
import { parse } from './frames.ts';
import { present } from './present.ts';

/** One message of a WebSocket, as its reader found it. */
export interface Heard {
  /** A part stands for the message that it completed, or for a frame without any. */
  readonly frame: Frame;
  /** The byte sections of its messages, in their order. */
  readonly sections: readonly Uint8Array[];
}

interface Transfer {
  readonly json: number;
  readonly sections: number;
  content: Uint8Array;
}

/** Where a message of that kind has its options; none of the others can have byte sections. */
const optionsAt: Readonly<Record<number, number>> = { 1: 4, 2: 4, 3: 4, 4: 3, 7: 4 };

/** Offsets in the head of a part. */
const flagsAt = 1;
const transferAt = 2;
const jsonAt = 6;
const sectionsAt = 10;

/**
 * Reads what an end sent by sections 3, 10 and 11 of PROTOCOL.md alone, so that a mistake that both ends share is
 * seen. It throws for whatever the page does not allow.
 */
export class Witness {
  readonly #transfers = new Map<number, Transfer>();
  #lastTransfer = 0;
  /** Whether a transfer may have begun on an earlier socket, of which this witness knows nothing. */
  readonly #joinsLate: boolean;

  constructor({ joinsLate = false } = {}) {
    this.#joinsLate = joinsLate;
  }

  /** Transfers whose last part has not come. */
  get unfinished(): number {
    return this.#transfers.size;
  }

  hear(data: string | Uint8Array): Heard {
    if (typeof data === 'string') return { frame: parse(data), sections: [] };
    if (data[0] === 1) return readData(data);
    if (data[0] === 2) return this.#readPart(data);
    throw new Error(`No binary frame begins with ${data[0]}`);
  }

  #readPart(data: Uint8Array): Heard {
    const flags = present(data[flagsAt], 'flags');
    if (flags > 3) throw new Error(`Unknown flags ${flags}`);
    const number = uint32(data, transferAt);
    const isFirst = (flags & 1) !== 0;
    const transfer = isFirst ? this.#begin(number, data) : this.#transfers.get(number);
    if (transfer === undefined) return this.#strange(number);
    const content = data.subarray(isFirst ? 14 : 6);
    transfer.content = joined([transfer.content, content]);
    if ((flags & 2) === 0) return nothing;
    this.#transfers.delete(number);
    return content.length === 0 ? nothing : wholeOf(transfer);
  }

  #begin(number: number, data: Uint8Array): Transfer {
    if (number <= this.#lastTransfer) throw new Error(`Transfer ${number} after ${this.#lastTransfer}`);
    this.#lastTransfer = number;
    const transfer = {
      json: uint32(data, jsonAt),
      sections: uint32(data, sectionsAt),
      content: new Uint8Array(0),
    };
    this.#transfers.set(number, transfer);
    return transfer;
  }

  #strange(number: number): Heard {
    if (this.#joinsLate) return nothing;
    throw new Error(`A part of transfer ${number}, which is unknown`);
  }
}

const nothing: Heard = { frame: [], sections: [] };

function readData(data: Uint8Array): Heard {
  const end = 5 + uint32(data, 1);
  const frame = parse(textOf(data.subarray(5, end)));
  return { frame, sections: divided(frame, data.subarray(end)) };
}

function wholeOf({ json, sections, content }: Transfer): Heard {
  if (content.length !== json + sections) throw new Error(`${content.length} bytes of ${json} + ${sections}`);
  const frame = [parse(textOf(content.subarray(0, json)))];
  return { frame, sections: divided(frame, content.subarray(json)) };
}

/** Cuts sections by the tables of the messages. */
function divided(frame: Frame, bytes: Uint8Array): readonly Uint8Array[] {
  let at = 0;
  const sections = frame.flatMap(lengthsOf).map((length) => {
    at += length;
    return bytes.slice(at - length, at);
  });
  if (at !== bytes.length) throw new Error(`Tables of ${at} bytes for ${bytes.length}`);
  return sections;
}

function lengthsOf(message: Json): readonly number[] {
  if (!Array.isArray(message)) return [];
  const options = message[optionsAt[message[0] as number] ?? -1] as
    | { readonly bytes?: readonly Row[] }
    | undefined;
  return (options?.bytes ?? []).map(([, , length]) => length);
}

type Row = readonly [path: Json, type: string, length: number];

function uint32(data: Uint8Array, at: number): number {
  if (data.length < at + 4) throw new Error(`A frame of ${data.length} bytes is too short`);
  return new DataView(data.buffer, data.byteOffset).getUint32(at);
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
}

export function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
