import { socketBufferBytes } from '../../src/session/ports.ts';
import type { Frame } from './frames.ts';
import { messagesOf } from './frames.ts';
import type { ScriptedSocket } from './scripted-socket.ts';
import { Witness } from './witness.ts';

export interface SlowReaderOptions {
  readonly socket: ScriptedSocket;
  readonly settle: () => Promise<void>;
  /** The line takes whatever comes: then it is the sender's window that fills, between two acknowledgements. */
  readonly fastLine?: boolean;
  /** What is said to a message that has come. */
  readonly reply?: (message: Frame) => readonly Frame[];
}

/**
 * The other end of a line that takes one frame at a time, which reads everything at once: it acknowledges each frame and
 * grants each item, so that nothing but the line holds its sender up.
 */
export class SlowReader {
  readonly #options: SlowReaderOptions;
  readonly #witness = new Witness();
  readonly #counts = new Map<string, number>();
  #heard = 0;
  #received = 0;
  #said = 0;
  /** For each frame that came since `takes` began: the messages that it brought, by kind and id. */
  frames: string[][] = [];

  constructor(options: SlowReaderOptions) {
    this.#options = options;
    if (options.fastLine) return;
    options.socket.onSend = () => {
      options.socket.buffered = socketBufferBytes;
    };
  }

  /** How many messages of a kind and id have come. */
  count(kind: number, id: number): number {
    return this.#counts.get(`${kind} ${id}`) ?? 0;
  }

  /** How many frames there were at most between two that brought one of these messages. */
  longestGap(kind: number, id: number): number {
    const at = this.frames.flatMap((brought, i) => (brought.includes(`${kind} ${id}`) ? [i] : []));
    const ends = [...at, this.frames.length];
    return Math.max(...ends.map((it, i) => it - (ends[i - 1] ?? -1) - 1));
  }

  /** Says messages in one frame. */
  async says(...messages: readonly Frame[]): Promise<void> {
    this.#say(messages);
    await this.#options.settle();
  }

  /** The line takes so many more frames, or as often all that come, and they are answered before the next. */
  async takes(frames: number): Promise<void> {
    this.frames = [];
    const { socket, settle } = this.#options;
    for (let i = 0; i < frames; i++) {
      socket.buffered = 0;
      socket.events?.drained();
      await settle();
      this.#read();
      await settle();
    }
  }

  #read(): void {
    const { socket } = this.#options;
    for (; this.#heard < socket.sent.length; this.#heard++) {
      const { frame } = this.#witness.hear(socket.sent[this.#heard] ?? '');
      if (typeof frame[0] === 'string') continue;
      this.#received++;
      const messages = messagesOf([frame]);
      this.frames.push(messages.map(([kind, id]) => `${kind} ${id}`));
      this.#say(messages.flatMap((message) => this.#answer(message)));
    }
    socket.says(['ack', this.#said, this.#received]);
  }

  #answer(message: Frame): readonly Frame[] {
    const [kind, id] = [Number(message[0]), Number(message[1])];
    const count = this.count(kind, id) + 1;
    this.#counts.set(`${kind} ${id}`, count);
    const credit = kind === 7 ? [[10, id, count, 4096, 1_000_000] as const] : [];
    return [...credit, ...(this.#options.reply?.(message) ?? [])];
  }

  #say(messages: readonly Frame[]): void {
    if (messages.length === 0) return;
    this.#said++;
    this.#options.socket.says(messages);
  }
}
