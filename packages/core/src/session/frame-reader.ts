import type { CloseName } from '../wire/close-codes.js';
import type { Control } from '../wire/control.js';
import { isControl } from '../wire/control.js';
import type { RawFrame } from '../wire/frame.js';
import { fits, isControlFrame, parseFrame } from '../wire/frame.js';
import type { Limits } from '../wire/limits.js';
import type { Message } from '../wire/message.js';
import { isCount, isMessage } from '../wire/message.js';

/** A frame that came in, checked; or by which violation it is none. */
export type Inbound =
  | { readonly kind: 'control'; readonly control: Control }
  /** `first` is where the messages begin, after an acknowledgement if there is one. */
  | {
      readonly kind: 'data';
      readonly ack: number | undefined;
      readonly frame: RawFrame;
      readonly first: 0 | 1;
    }
  | { readonly kind: 'violation'; readonly name: CloseName };

const malformed: Inbound = { kind: 'violation', name: 'malformed' };
const tooLarge: Inbound = { kind: 'violation', name: 'too-large' };

/** Reads a frame by the limits of whoever takes it. */
export function readFrame(data: string | Uint8Array, takes: Limits): Inbound {
  // Binary frames need a feature that this peer does not announce.
  if (typeof data !== 'string') return malformed;
  if (!fits(data, takes.frameBytes)) return tooLarge;
  const frame = parseFrame(data);
  if (frame === undefined) return malformed;
  if (isControlFrame(frame)) return isControl(frame) ? { kind: 'control', control: frame } : malformed;
  return readData(frame, fits(data, takes.messageBytes) ? undefined : takes.messageBytes);
}

/** `messageBytes` is given for a frame that is larger than one message may be. */
function readData(frame: RawFrame, messageBytes: number | undefined): Inbound {
  const acknowledges = typeof frame[0] === 'number';
  const ack = acknowledges ? (frame[0] as number) : undefined;
  const first = acknowledges ? 1 : 0;
  if ((acknowledges && !isCount(ack)) || first === frame.length) return malformed;
  for (let i = first; i < frame.length; i++) {
    if (!isMessage(frame[i])) return malformed;
    if (messageBytes !== undefined && !isWithin(messageBytes, frame[i])) return tooLarge;
  }
  return { kind: 'data', ack, frame, first };
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
