import type { Verdicts } from './verdicts.ts';
import type { PartFrame, WireMessage } from './wire-frame.ts';
import { bytesIn } from './wire-frame.ts';

/** What a receiver takes of messages in parts. */
export interface TransferBounds {
  readonly unfinished: number;
  readonly messageBytes: number;
  readonly valueBytes: number;
}

interface Transfer {
  readonly json: number;
  readonly sections: number;
  readonly pieces: Uint8Array[];
  received: number;
}

/** The messages in parts that one end of a session sends. */
export class TransferWatch {
  readonly #name: string;
  readonly #verdicts: Verdicts;
  readonly #bounds: TransferBounds;
  readonly #open = new Map<number, Transfer>();
  #last = 0;

  constructor(name: string, verdicts: Verdicts, bounds: TransferBounds) {
    this.#name = name;
    this.#verdicts = verdicts;
    this.#bounds = bounds;
  }

  get unfinished(): number {
    return this.#open.size;
  }

  /** A part leaves for the first time. Answers the message that it is the last of. */
  said(part: PartFrame): WireMessage | undefined {
    const transfer = part.announced ? this.#begin(part, part.announced) : this.#open.get(part.transfer);
    this.#check(transfer !== undefined, part, 'belongs to nothing');
    if (transfer === undefined) return undefined;
    transfer.pieces.push(part.content);
    transfer.received += part.content.length;
    const whole = transfer.json + transfer.sections;
    const abandoned = part.last && part.content.length === 0 && transfer.received < whole;
    if (part.last) this.#open.delete(part.transfer);
    if (abandoned) return undefined;
    this.#check(part.last === (transfer.received === whole), part, `makes ${transfer.received} of ${whole}`);
    return part.last ? this.#read(part, transfer) : undefined;
  }

  #begin(part: PartFrame, { json, sections }: { json: number; sections: number }): Transfer {
    const { unfinished, messageBytes, valueBytes } = this.#bounds;
    const transfer = { json, sections, pieces: [], received: 0 };
    this.#check(part.transfer > this.#last, part, `comes after ${this.#last}`);
    this.#last = part.transfer;
    this.#open.set(part.transfer, transfer);
    const all = [...this.#open.values()];
    this.#check(all.length <= unfinished, part, `is one of ${all.length}`);
    const allJson = all.reduce((sum, it) => sum + it.json, 0);
    const allSections = all.reduce((sum, it) => sum + it.sections, 0);
    const fits = allJson <= messageBytes && allSections <= valueBytes;
    this.#check(fits, part, `makes ${allJson} and ${allSections} under way`);
    return transfer;
  }

  #read(part: PartFrame, { json, sections, pieces }: Transfer): WireMessage {
    const message = JSON.parse(Buffer.concat(pieces).toString('utf8', 0, json)) as WireMessage;
    this.#check(bytesIn(message) === sections, part, `has ${sections} of sections, and says otherwise`);
    return message;
  }

  #check(holds: boolean, { transfer }: PartFrame, what: string): void {
    this.#verdicts.check(holds, 'parts-are-true', () => `${this.#name}: a part of ${transfer} ${what}`);
  }
}
