import { Fifo } from '../session/fifo.js';
import type { Session } from '../session/session.js';
import { fits } from '../wire/frame.js';
import { limits } from '../wire/limits.js';
import type { CreditMessage } from '../wire/message.js';
import { encodeItem, encodePosition } from '../wire/message.js';
import type { Reply } from './dispatch.js';
import { ServingError } from './dispatch.js';

type Stream = Extract<Reply, { kind: 'stream' }>;

/** Why a stream ends, where it does not end by itself. */
export type PumpFailure = { readonly error: unknown } | undefined;

/** Told once, when the generator has come to its end. */
export type PumpDone = (failure: PumpFailure) => void;

export interface PumpOptions {
  readonly id: number;
  readonly stream: Stream;
  readonly session: Session;
  /** Asks for `resume` when the session has room. */
  readonly awaitRoom: (pump: StreamPump) => void;
  readonly done: PumpDone;
}

/** Pulls a stream at its sender, one item at a time, and never past its receiver's window. */
export class StreamPump {
  readonly #id: number;
  readonly #stream: Stream;
  readonly #session: Session;
  readonly #done: PumpDone;
  readonly #awaitRoom: (pump: StreamPump) => void;
  /** Lengths of the items on their way, oldest first. */
  readonly #lengths = new Fifo<number>();
  #sent = 0;
  #consumed = 0;
  #bytes = 0;
  #window: { readonly items: number; readonly bytes: number } = {
    items: limits.firstItems.default,
    bytes: limits.firstBytes.default,
  };
  #state: 'ready' | 'waiting' | 'pulling' | 'stopping' | 'over' = 'ready';
  /** Length of the last item: what the next is likely to take. */
  length = 0;

  constructor({ id, stream, session, awaitRoom, done }: PumpOptions) {
    this.#id = id;
    this.#stream = stream;
    this.#session = session;
    this.#awaitRoom = awaitRoom;
    this.#done = done;
  }

  /** Goes on if it may: after the start, or a credit. */
  run(): void {
    if (this.#state !== 'ready' || !this.#open) return;
    if (this.#session.room.reserve()) return this.#pull();
    this.#state = 'waiting';
    this.#awaitRoom(this);
  }

  /** The session has room for it again. */
  resume(): void {
    if (this.#state !== 'waiting') return;
    this.#state = 'ready';
    if (this.#open) this.#pull();
  }

  #pull(): void {
    this.#state = 'pulling';
    try {
      this.#stream.iterator.next().then(this.#pulled, this.#failed);
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Answers whether the credit is for items that were sent. */
  credit([, , consumed, items, bytes]: CreditMessage): boolean {
    if (consumed > this.#sent) return false;
    if (consumed < this.#consumed) return true;
    for (; this.#consumed < consumed; this.#consumed++) this.#bytes -= this.#lengths.shift() ?? 0;
    const { streamItems, streamBytes } = this.#session.limits;
    this.#window = {
      items: Math.min(streamItems, items ?? this.#window.items),
      bytes: Math.min(streamBytes, bytes ?? this.#window.bytes),
    };
    this.run();
    return true;
  }

  /** Returns the generator; `done` comes when it has ended, which a generator may take its time to do. */
  stop(failure: PumpFailure): void {
    if (this.#state === 'stopping' || this.#state === 'over') return;
    this.#state = 'stopping';
    const over = (): void => this.#finish(failure);
    try {
      const { iterator } = this.#stream;
      if (iterator.return === undefined) over();
      else iterator.return().then(over, over);
    } catch {
      over();
    }
  }

  get #open(): boolean {
    return this.#sent - this.#consumed < this.#window.items && this.#bytes < this.#window.bytes;
  }

  readonly #pulled = (result: IteratorResult<unknown, unknown>): void => {
    this.#session.room.release();
    if (this.#state !== 'pulling') return;
    try {
      if (result.done) return this.#finish(undefined);
      this.#send(result.value);
    } catch (error) {
      return this.stop({ error });
    }
    this.#state = 'ready';
    this.run();
  };

  readonly #failed = (error: unknown): void => {
    if (this.#state === 'pulling') this.#finish({ error });
  };

  #send(value: unknown): void {
    const item = this.#stream.toItem(value);
    if ('position' in item) return this.#say(encodePosition(this.#id, item.position));
    const text = encodeItem(this.#id, JSON.stringify(item.data), item.event);
    this.#say(text);
    this.#sent++;
    this.length = text.length;
    this.#bytes += text.length;
    this.#lengths.push(text.length);
  }

  #say(text: string): void {
    if (!fits(text, this.#session.messageBytes)) {
      throw new ServingError('PAYLOAD_TOO_LARGE', 'The item is larger than the other end accepts');
    }
    this.#session.send(text, 'stream');
  }

  #finish(failure: PumpFailure): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#done(failure);
  }
}
