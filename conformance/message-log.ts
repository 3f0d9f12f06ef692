import { isDemand, isFinal, type Message } from './frames.ts';

/** Messages of the server, in the order in which they were carried out. */
export class MessageLog {
  readonly all: Message[] = [];
  readonly #answers = new Map<number, Message[]>();
  readonly #demands = new Map<number, Message[]>();
  readonly #sections = new Map<Message, readonly Uint8Array[]>();

  add(message: Message, sections: readonly Uint8Array[]): void {
    this.all.push(message);
    const log = isDemand(message) ? this.#demands : this.#answers;
    const same = log.get(message[1]);
    if (same) same.push(message);
    else log.set(message[1], [message]);
    this.#sections.set(message, sections);
  }

  /** What came for a call of the client, or of a stream that the server sends. */
  answers(id: number): readonly Message[] {
    return this.#answers.get(id) ?? [];
  }

  /** What the server asked of a stream that the client sends, and its own calls with their cancels and credit. */
  demands(id: number): readonly Message[] {
    return this.#demands.get(id) ?? [];
  }

  finals(): Message[] {
    return this.all.filter((message) => isFinal(message) && message[1] > 0);
  }

  /** The bytes in a message, in the order of its table. */
  sections(message: Message): readonly Uint8Array[] {
    return this.#sections.get(message) ?? [];
  }
}
