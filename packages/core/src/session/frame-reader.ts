import { sectionBytes } from '../wire/attachment-rows.js';
import type { FrameData, Part } from '../wire/binary-frame.js';
import { binaryKinds, readBinaryFrame, readPart } from '../wire/binary-frame.js';
import type { CloseName } from '../wire/close-codes.js';
import type { Control } from '../wire/control.js';
import { isControl } from '../wire/control.js';
import type { RawFrame } from '../wire/frame.js';
import { fits, isControlFrame, parseFrame } from '../wire/frame.js';
import type { Limits } from '../wire/limits.js';
import type { Message } from '../wire/message.js';
import { bytesRows, isCount, isMessage } from '../wire/message.js';

/** A frame that came in, checked; or by which violation it is none. */
export type Inbound =
  | { readonly kind: 'control'; readonly control: Control }
  | Data
  | { readonly kind: 'part'; readonly part: Part }
  | { readonly kind: 'violation'; readonly name: CloseName };

export interface Data {
  readonly kind: 'data';
  readonly ack: number | undefined;
  readonly frame: RawFrame;
  /** Where the messages begin, after an acknowledgement if there is one. */
  readonly first: 0 | 1;
  /** The byte sections of all its messages, one after the other. */
  readonly sections: Uint8Array;
  readonly isText: boolean;
}

const none: Uint8Array = new Uint8Array(0);
const malformed: Inbound = { kind: 'violation', name: 'malformed' };
const tooLarge: Inbound = { kind: 'violation', name: 'too-large' };

/** Reads a frame by the limits of whoever takes it. */
export function readFrame(data: FrameData, takes: Limits): Inbound {
  if (typeof data !== 'string') return readBinary(data, takes);
  if (!fits(data, takes.frameBytes)) return tooLarge;
  const frame = parseFrame(data);
  if (frame === undefined) return malformed;
  if (isControlFrame(frame)) return isControl(frame) ? { kind: 'control', control: frame } : malformed;
  return readData(frame, undefined, fits(data, takes.messageBytes) ? undefined : takes);
}

function readBinary(data: Uint8Array, takes: Limits): Inbound {
  if (data.length > takes.frameBytes) return tooLarge;
  if (data[0] === binaryKinds.part) {
    const part = readPart(data);
    return part ? { kind: 'part', part } : malformed;
  }
  const parts = readBinaryFrame(data);
  const frame = parts && parseFrame(parts.text);
  return frame && !isControlFrame(frame) ? readData(frame, parts.sections, takes) : malformed;
}

/** `takes` is given for a frame that may hold more than one message may have. */
function readData(frame: RawFrame, binary: Uint8Array | undefined, takes: Limits | undefined): Inbound {
  const sections = binary ?? none;
  const acknowledges = typeof frame[0] === 'number';
  const ack = acknowledges ? (frame[0] as number) : undefined;
  const first = acknowledges ? 1 : 0;
  if ((acknowledges && !isCount(ack)) || first === frame.length) return malformed;
  let bytes = 0;
  for (let i = first; i < frame.length; i++) {
    const message = frame[i];
    if (!isMessage(message)) return malformed;
    if (takes && !isWithin(takes.messageBytes, message)) return tooLarge;
    const rows = bytesRows(message);
    if (rows === undefined) continue;
    const length = sectionBytes(rows);
    if (takes && length > takes.valueBytes) return tooLarge;
    bytes += length;
  }
  if (bytes !== sections.length) return malformed;
  return { kind: 'data', ack, frame, first, sections, isText: binary === undefined };
}

/** The message after the others of a frame, once it has been read. */
export function messageAt(frame: RawFrame, index: number): Message {
  return frame[index] as Message;
}

/** Measures one message. Deep nesting counts as size. */
function isWithin(bytes: number, message: unknown): boolean {
  try {
    return fits(JSON.stringify(message), bytes);
  } catch {
    return false;
  }
}
