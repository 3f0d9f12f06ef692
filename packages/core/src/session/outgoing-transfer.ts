import { encodeInto, newPart } from '../wire/binary-frame.js';
import { utf8Length } from '../wire/frame.js';
import type { Outgoing } from './outgoing.js';

/** A message that leaves in parts: what is left of it. */
export class OutgoingTransfer {
  readonly entry: Outgoing;
  readonly #number: number;
  /** Bytes of its JSON, and of its sections. */
  readonly json: number;
  readonly sections: number;
  /** Bytes of content that are in no part yet. */
  #left: number;
  /** Characters of the text that are in a part, sections that are, and bytes of the next one. */
  #chars = 0;
  #section = 0;
  #bytes = 0;
  /** Whether a part of it has left. */
  begun = false;

  constructor(entry: Outgoing, number: number) {
    this.entry = entry;
    this.#number = number;
    this.json = utf8Length(entry.text);
    this.sections = entry.length - entry.text.length;
    this.#left = this.json + this.sections;
  }

  /** The next part, with about so many bytes of content at most; after the last there is none. */
  next(most: number): Uint8Array {
    const first = !this.begun;
    this.begun = true;
    const announced = first ? { json: this.json, sections: this.sections } : undefined;
    const length = Math.min(this.#left, Math.max(4, most));
    const part = { transfer: this.#number, announced, last: length === this.#left };
    const { frame, content } = newPart(part, length);
    const written = this.#fill(content);
    if (written === length) return this.#spent(frame, length);
    // A character that takes several bytes had no room.
    const { frame: shorter, content: room } = newPart({ ...part, last: false }, written);
    room.set(content.subarray(0, written));
    return this.#spent(shorter, written);
  }

  get done(): boolean {
    return this.#left === 0;
  }

  /** The part that gives up a message whose beginning has left. */
  abandon(): Uint8Array {
    return newPart({ transfer: this.#number, announced: undefined, last: true }, 0).frame;
  }

  #spent(frame: Uint8Array, length: number): Uint8Array {
    this.#left -= length;
    this.entry.parts++;
    return frame;
  }

  #fill(content: Uint8Array): number {
    let at = this.#fillText(content);
    while (at < content.length && this.#chars === this.entry.text.length) {
      const section = this.entry.sections[this.#section] as Uint8Array;
      const piece = section.subarray(this.#bytes, this.#bytes + content.length - at);
      content.set(piece, at);
      at += piece.length;
      this.#bytes += piece.length;
      if (this.#bytes === section.length) {
        this.#section++;
        this.#bytes = 0;
      }
    }
    return at;
  }

  #fillText(content: Uint8Array): number {
    const { text } = this.entry;
    if (this.#chars === text.length) return 0;
    let end = this.#chars + content.length;
    if (isHighSurrogate(text.charCodeAt(end - 1))) end--;
    const { read, written } = encodeInto(text.slice(this.#chars, end), content);
    this.#chars += read;
    return written;
  }
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}
