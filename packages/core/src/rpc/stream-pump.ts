import { Fifo } from '../session/fifo.js';
import { Outgoing, wholeLength } from '../session/outgoing.js';
import type { Session } from '../session/session.js';
import { limits } from '../wire/limits.js';
import type { CreditMessage } from '../wire/message.js';
import { encodeGap, encodeItem, encodePosition, spliceItem } from '../wire/message.js';
import type { Feed, SplicedItem, StreamElement, StreamGap, StreamItem, StreamReply } from './dispatch.js';
import { ServingError } from './dispatch.js';
import type { Pump, StreamTurns } from './stream-turns.js';

/** Why a stream ends, where it does not end by itself. */
export type PumpFailure = { readonly error: unknown } | undefined;

/** Told once, when the generator has come to its end. */
export type PumpDone = (failure: PumpFailure) => void;

/** What a stream's consumer has taken of it. */
export interface Progress {
  readonly items: number;
  /** Of items that hold bytes those alone, of others their JSON. */
  readonly bytes: number;
}

/** A source that gives a promise for each item. */
type Pulled = Pick<StreamReply, 'iterator' | 'toItem'>;

export interface PumpOptions {
  readonly id: number;
  readonly stream: Pulled | Feed;
  readonly session: Session;
  readonly turns: StreamTurns;
  readonly done: PumpDone;
  /** Told at each credit. */
  readonly progress?: ((progress: Progress) => void) | undefined;
}

/**
 * - `ready`: the next item may be pulled if the window allows it
 * - `waiting`: for its turn, since the session has no room
 * - `pulling`: an item is being made
 * - `idle`: its feed has nothing yet
 * - `leaving`: an item travels in parts, which nothing of this stream may overtake
 * - `stopping`: the generator is being returned
 */
type State = 'ready' | 'waiting' | 'pulling' | 'idle' | 'leaving' | 'stopping' | 'over';

/** Pulls a stream at its sender, one item at a time, and never past its receiver's window. */
export class StreamPump implements Pump {
  readonly #options: PumpOptions;
  readonly #session: Session;
  /** One of the two. */
  readonly #feed: Feed | undefined;
  readonly #pulls: Pulled | undefined;
  /** Lengths of the items on their way, and what counts as progress of them, oldest first. */
  readonly #lengths = new Fifo<number>();
  readonly #loads: Fifo<number> | undefined;
  #loaded = 0;
  #sent = 0;
  #consumed = 0;
  #bytes = 0;
  #window: { readonly items: number; readonly bytes: number } = {
    items: limits.firstItems.default,
    bytes: limits.firstBytes.default,
  };
  #state: State = 'ready';
  #leaving: Outgoing | undefined;
  #pulled = false;
  /** Length of the last item: what the next is likely to take. */
  length = 0;

  constructor(options: PumpOptions) {
    this.#options = options;
    this.#session = options.session;
    const { stream } = options;
    if (options.progress) this.#loads = new Fifo();
    if ('take' in stream) {
      this.#feed = stream;
      stream.wake = this.#wake;
    } else this.#pulls = stream;
  }

  /** Goes on if it may: after the start, or a credit. */
  run(): void {
    const { room } = this.#session;
    while (this.#state === 'ready' && this.#open) {
      if (this.#feed ? room.ask(this.length) : room.reserve(this.length)) this.#next();
      else {
        this.#state = 'waiting';
        this.#options.turns.push(this);
      }
    }
  }

  /** The session has room for it again. */
  resume(): void {
    if (this.#state !== 'waiting') return;
    this.#state = 'ready';
    if (!this.#open) return;
    if (!this.#feed) this.#session.room.take(this.length);
    this.#next();
    this.run();
  }

  get waits(): boolean {
    return this.#state === 'waiting';
  }

  /** Whether its source is not what it was: something was asked of it, or it was returned. */
  get used(): boolean {
    return this.#pulled || this.#state === 'stopping' || this.#state === 'over';
  }

  /** Items that were sent. */
  get sent(): number {
    return this.#sent;
  }

  /** Answers whether the credit is for items that were sent. */
  credit([, , consumed, items, bytes]: CreditMessage): boolean {
    if (consumed > this.#sent) return false;
    if (consumed < this.#consumed) return true;
    const moved = consumed > this.#consumed;
    for (; this.#consumed < consumed; this.#consumed++) {
      this.#bytes -= this.#lengths.shift() ?? 0;
      this.#loaded += this.#loads?.shift() ?? 0;
    }
    const { streamItems, streamBytes } = this.#session.limits;
    this.#window = {
      items: Math.min(streamItems, items ?? this.#window.items),
      bytes: Math.min(streamBytes, bytes ?? this.#window.bytes),
    };
    if (moved) this.#options.progress?.({ items: consumed, bytes: this.#loaded });
    this.run();
    return true;
  }

  /** Returns the generator; `done` comes when it has ended, which a generator may take its time to do. */
  stop(failure: PumpFailure): void {
    if (this.#state === 'stopping' || this.#state === 'over') return;
    const waited = this.waits;
    this.#state = 'stopping';
    if (waited) this.#options.turns.drop();
    if (this.#leaving) this.#session.withdraw(this.#leaving, 'stream');
    const over = (): void => this.#finish(failure);
    try {
      const iterator = this.#pulls?.iterator;
      if (iterator?.return === undefined) over();
      else iterator.return().then(over, over);
    } catch {
      over();
    }
  }

  get #open(): boolean {
    return this.#sent - this.#consumed < this.#window.items && this.#bytes < this.#window.bytes;
  }

  #next(): void {
    this.#pulled = true;
    if (this.#feed) this.#take(this.#feed);
    else this.#pull();
  }

  #take(feed: Feed): void {
    try {
      const element = feed.take();
      if (element === undefined) this.#state = 'idle';
      else if (element === 'end') this.#finish(undefined);
      else this.#send(element);
    } catch (error) {
      this.#finish({ error });
    }
  }

  readonly #wake = (): void => {
    if (this.#state !== 'idle') return;
    this.#state = 'ready';
    this.run();
  };

  #pull(): void {
    this.#state = 'pulling';
    try {
      this.#pulls?.iterator.next().then(this.#came, this.#failed);
    } catch (error) {
      this.#failed(error);
    }
  }

  readonly #came = (result: IteratorResult<unknown, unknown>): void => {
    this.#session.room.release(this.length);
    if (this.#state !== 'pulling') return;
    if (result.done || this.#pulls === undefined) return this.#finish(undefined);
    try {
      const element = this.#pulls.toItem(result.value);
      if (element instanceof Promise) element.then(this.#made, this.#stopWith);
      else this.#made(element);
    } catch (error) {
      this.#stopWith(error);
    }
  };

  readonly #failed = (error: unknown): void => {
    this.#session.room.release(this.length);
    if (this.#state === 'pulling') this.#finish({ error });
  };

  readonly #stopWith = (error: unknown): void => this.stop({ error });

  readonly #made = (element: StreamElement): void => {
    if (this.#state !== 'pulling') return;
    try {
      this.#send(element);
    } catch (error) {
      return this.#stopWith(error);
    }
    if (this.#leaving) return;
    this.#state = 'ready';
    this.run();
  };

  #send(element: StreamElement | SplicedItem | StreamGap): void {
    const { id } = this.#options;
    if ('tail' in element) this.#sendSpliced(element);
    else if ('position' in element) this.#say(encodePosition(id, element.position));
    else if ('dropped' in element) this.#say(encodeGap(id, 'dropped', element.dropped));
    else if ('gap' in element) this.#say(encodeGap(id, element.gap, element.count));
    else this.#sendItem(element);
  }

  #sendSpliced({ id, tail, sections }: SplicedItem): void {
    const text = spliceItem(this.#options.id, tail);
    const message = sections || text.length > wholeLength ? new Outgoing(text, sections) : text;
    if (this.#session.admits(message)) this.#sendAdmitted(message, text.length);
    else this.#passOver(id);
  }

  /** An event that others may take. Were it the end, it would be so again for whoever comes back. */
  #passOver(event: string): void {
    this.#say(encodeGap(this.#options.id, 'dropped', 1));
    this.#say(encodePosition(this.#options.id, event));
  }

  #sendItem({ data, event, sections }: StreamItem): void {
    const { id } = this.#options;
    const json = JSON.stringify(data);
    const text = encodeItem(id, json, event, sections && { bytes: sections.map(({ row }) => row) });
    const whole = sections === undefined && text.length <= wholeLength;
    const message = whole
      ? text
      : new Outgoing(
          text,
          sections?.map((section) => section.data),
        );
    this.#check(message);
    this.#sendAdmitted(message, text.length);
  }

  #sendAdmitted(message: string | Outgoing, textLength: number): void {
    const { length } = message;
    if (typeof message !== 'string' && message.inParts) this.#awaitLeaving(message);
    this.#session.send(message, 'stream');
    this.#sent++;
    this.length = length;
    this.#bytes += length;
    this.#lengths.push(length);
    this.#loads?.push(length > textLength ? length - textLength : length);
  }

  /** Says what is no item. */
  #say(message: string): void {
    this.#check(message);
    this.#session.send(message, 'stream');
  }

  #check(message: string | Outgoing): void {
    if (this.#session.admits(message)) return;
    throw new ServingError('PAYLOAD_TOO_LARGE', 'The item is larger than the other end accepts');
  }

  #awaitLeaving(message: Outgoing): void {
    this.#state = 'leaving';
    this.#leaving = message;
    message.left = () => {
      this.#leaving = undefined;
      if (this.#state !== 'leaving') return;
      this.#state = 'ready';
      this.run();
    };
  }

  #finish(failure: PumpFailure): void {
    if (this.#state === 'over') return;
    this.#state = 'over';
    this.#feed?.stop();
    this.#options.done(failure);
  }
}
