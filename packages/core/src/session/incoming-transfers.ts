import { sectionBytes } from '../wire/attachment-rows.js';
import type { Part } from '../wire/binary-frame.js';
import { decodeText } from '../wire/binary-frame.js';
import type { CloseName } from '../wire/close-codes.js';
import type { Limits } from '../wire/limits.js';
import { limits } from '../wire/limits.js';
import type { Message } from '../wire/message.js';
import { bytesRows, isMessage } from '../wire/message.js';
import type { Ledger } from './ledger.js';

/** A message with its byte sections. */
export interface WholeMessage {
  readonly message: Message;
  readonly sections: readonly Uint8Array[];
  /** What it had on its way, in bytes. */
  readonly length: number;
}

/** What a part led to: a message, a part of one with that id, nothing any more, or the end of the session. */
export type Progress =
  | WholeMessage
  | { readonly arriving: number | undefined }
  | 'abandoned'
  | { readonly violation: CloseName };

const malformed: Progress = { violation: 'malformed' };

/** Messages that come in parts, until they are whole. */
export class IncomingTransfers {
  readonly #ledger: Ledger;
  readonly #open = new Map<number, IncomingTransfer>();
  #last = -1;
  #length = 0;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** Bytes that have come of messages that are not whole. */
  get length(): number {
    return this.#length;
  }

  take(part: Part, takes: Limits): Progress {
    const transfer = part.announced
      ? this.#begin(part, part.announced, takes)
      : this.#open.get(part.transfer);
    if (transfer === undefined) return malformed;
    if (!(transfer instanceof IncomingTransfer)) return transfer;
    const abandoned = part.last && part.content.length === 0 && !transfer.full;
    this.#hold(part.last ? -transfer.received : part.content.length);
    if (part.last) this.#open.delete(part.transfer);
    if (abandoned) return 'abandoned';
    if (!transfer.add(part.content) || part.last !== transfer.full) return malformed;
    return transfer.whole ?? (part.last ? malformed : { arriving: transfer.id });
  }

  clear(): void {
    this.#hold(-this.#length);
    this.#open.clear();
  }

  #hold(bytes: number): void {
    this.#length += bytes;
    this.#ledger.add(bytes);
  }

  #begin(
    { transfer }: Part,
    { json, sections }: { readonly json: number; readonly sections: number },
    takes: Limits,
  ): IncomingTransfer | Progress {
    if (transfer <= this.#last) return malformed;
    if (this.#open.size === limits.unfinished.default) return { violation: 'too-many' };
    const open = [...this.#open.values()];
    const allJson = open.reduce((sum, it) => sum + it.json, json);
    const allSections = open.reduce((sum, it) => sum + it.sections, sections);
    // What all of them may have together is what one may have: that much memory is given away at once.
    if (allJson > takes.messageBytes || allSections > takes.valueBytes) return { violation: 'too-large' };
    this.#last = transfer;
    const begun = new IncomingTransfer(json, sections);
    this.#open.set(transfer, begun);
    return begun;
  }
}

class IncomingTransfer {
  /** Bytes that were announced. */
  readonly json: number;
  readonly sections: number;
  readonly #text: Uint8Array;
  #received = 0;
  /** What the message is about, as far as its beginning says: it is read in full when all of its JSON is there. */
  id: number | undefined;
  #message: Message | undefined;
  /** The byte sections, of which all but the last that was begun are full. */
  #values: Uint8Array[] = [];
  #section = 0;
  #at = 0;

  constructor(json: number, sections: number) {
    this.json = json;
    this.sections = sections;
    this.#text = new Uint8Array(json);
  }

  get received(): number {
    return this.#received;
  }

  get full(): boolean {
    return this.#received === this.json + this.sections;
  }

  /** The message, when all of it has come. */
  get whole(): WholeMessage | undefined {
    if (!this.full || this.#message === undefined) return undefined;
    return { message: this.#message, sections: this.#values, length: this.#received };
  }

  /** Answers whether the bytes were such as were announced. */
  add(content: Uint8Array): boolean {
    if (this.#received + content.length > this.json + this.sections) return false;
    if (this.#received === 0) this.id = idIn(content);
    const text = content.subarray(0, Math.max(0, this.json - this.#received));
    this.#text.set(text, Math.min(this.#received, this.json));
    this.#received += content.length;
    if (this.#received < this.json) return true;
    return (this.#message !== undefined || this.#read()) && this.#fill(content.subarray(text.length));
  }

  /** The JSON comes first, and says what the sections are. */
  #read(): boolean {
    const message = parse(decodeText(this.#text));
    if (!isMessage(message)) return false;
    const rows = bytesRows(message) ?? [];
    if (sectionBytes(rows) !== this.sections) return false;
    this.#message = message;
    this.#values = rows.map(([, , length]) => new Uint8Array(length));
    return true;
  }

  #fill(bytes: Uint8Array): boolean {
    let rest = bytes;
    while (rest.length > 0) {
      const value = this.#values[this.#section] as Uint8Array;
      const piece = rest.subarray(0, value.length - this.#at);
      value.set(piece, this.#at);
      this.#at += piece.length;
      rest = rest.subarray(piece.length);
      if (this.#at < value.length) break;
      this.#section++;
      this.#at = 0;
    }
    return true;
  }
}

/** How a message about a call of this end begins: with its kind, and the call's id. */
const beginning = /^\[[4578],(\d+)[,\]]/;

function idIn(content: Uint8Array): number | undefined {
  const [, id] = beginning.exec(String.fromCharCode(...content.subarray(0, 32))) ?? [];
  return id === undefined ? undefined : Number(id);
}

function parse(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
