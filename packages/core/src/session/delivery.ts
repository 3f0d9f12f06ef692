import type { BytesRow } from '../wire/attachment-rows.js';
import type { Limits } from '../wire/limits.js';
import type { Message } from '../wire/message.js';
import { bytesRows } from '../wire/message.js';
import type { Data } from './frame-reader.js';
import { messageAt } from './frame-reader.js';
import type { WholeMessage } from './incoming-transfers.js';
import { wholeLength } from './outgoing.js';

/** What a message came with. */
export interface Arrival {
  /** Its byte sections; whoever gets them owns them. */
  readonly sections: readonly Uint8Array[];
  /** Whether it came in parts, so that later messages may have come before it. */
  readonly inParts: boolean;
}

/** Carries messages out. */
export interface MessageHandler {
  message(message: Message, arrival: Arrival): void;
}

/** The messages of one frame, or the one that the parts of several make, on their way to whom they are for. */
export interface Delivery {
  /** Number of the frame that it came in, or that completed it. */
  readonly frame: number;
  /** In which context its calls run, and by what it is measured: as it was when it came. */
  readonly context: unknown;
  readonly takes: Limits;
  /** Its bytes: never less than its sender counts. */
  readonly bytes: number;
  /** Bytes of the message that is being handed on: never more than its sender counts, if it counts its items. */
  readonly least: number;
  /** Whether all of it was handed on. */
  readonly done: boolean;
  /** Hands on the next message, if there is somebody to take it. */
  next(handler: MessageHandler | undefined): void;
}

/** Where a delivery comes from. */
export type Origin = Pick<Delivery, 'frame' | 'context' | 'takes'>;

/** A sender may count its items in UTF-8. */
const maxBytesPerUnit = 3;

const plain: Arrival = { sections: [], inParts: false };

/** A frame. */
export class FrameDelivery implements Delivery {
  readonly frame: number;
  readonly context: unknown;
  readonly takes: Limits;
  readonly bytes: number;
  least = 0;
  readonly #data: Data;
  /** Only what is larger than anybody makes a frame is worth measuring again. */
  readonly #measured: boolean;
  #index: number;
  /** Where the byte sections of the next message begin. */
  #at = 0;

  /** `length` is the frame's, in characters or bytes. */
  constructor(data: Data, length: number, { frame, context, takes }: Origin) {
    this.#data = data;
    this.#index = data.first;
    this.#measured = length > 2 * wholeLength;
    this.frame = frame;
    this.context = context;
    this.takes = takes;
    this.bytes = data.isText ? length * maxBytesPerUnit : length;
  }

  get done(): boolean {
    return this.#index === this.#data.frame.length;
  }

  next(handler: MessageHandler | undefined): void {
    const message = messageAt(this.#data.frame, this.#index++);
    const rows = bytesRows(message);
    this.least = this.#measured ? leastOf(message) : 0;
    handler?.message(message, rows === undefined ? plain : this.#arrivalOf(rows));
  }

  #arrivalOf(rows: readonly BytesRow[]): Arrival {
    const sections = rows.map(([, , length]) => {
      const start = this.#at;
      this.#at += length;
      this.least += length;
      // A copy of its own: it must neither change with the frame nor keep it.
      return new Uint8Array(this.#data.sections.subarray(start, this.#at));
    });
    return { sections, inParts: false };
  }
}

/** A message that came in parts. */
export class WholeDelivery implements Delivery {
  readonly frame: number;
  readonly context: unknown;
  readonly takes: Limits;
  readonly bytes: number;
  readonly least: number;
  done = false;
  readonly #whole: WholeMessage;

  constructor(whole: WholeMessage, { frame, context, takes }: Origin) {
    this.#whole = whole;
    this.frame = frame;
    this.context = context;
    this.takes = takes;
    this.bytes = whole.length;
    const bytes = whole.sections.reduce((sum, section) => sum + section.length, 0);
    this.least = bytes + (whole.length - bytes) / maxBytesPerUnit;
  }

  next(handler: MessageHandler | undefined): void {
    this.done = true;
    handler?.message(this.#whole.message, { sections: this.#whole.sections, inParts: true });
  }
}

/** Bytes of a message's JSON, as its sender counts them at least. What is nested too deeply to be measured is none. */
function leastOf(message: Message): number {
  try {
    return JSON.stringify(message).length / maxBytesPerUnit;
  } catch {
    return 0;
  }
}
