import { Outgoing } from '../session/outgoing.js';
import type { Session } from '../session/session.js';
import type { StreamRow } from '../wire/attachment-rows.js';
import type { CreditMessage } from '../wire/message.js';
import { encodeBare, encodeError } from '../wire/message.js';
import type { ValueStream } from './dispatch.js';
import { IdTable } from './id-table.js';
import type { Progress, PumpFailure } from './stream-pump.js';
import { StreamPump } from './stream-pump.js';
import type { StreamTurns } from './stream-turns.js';

export interface SentStreamsOptions {
  /** Told of each stream that is over. */
  readonly over?: () => void;
  /** Told when their receiver has cancelled all that are not over. */
  readonly abandoned?: () => void;
  /** Told what was taken of all of them together. */
  readonly progress?: ((progress: Progress) => void) | undefined;
}

/**
 * The streams of one value. Until the message that holds it has left (`held`) nothing may be said of them; if it never
 * does, they are `forgotten`.
 */
export class SentStreams {
  readonly #session: Session;
  readonly #options: SentStreamsOptions;
  readonly #pumps = new Map<number, StreamPump>();
  /** Those that are not over, and were not cancelled. */
  readonly #wanted = new Set<number>();
  readonly #taken = new Map<number, Progress>();
  #state: 'held' | 'started' | 'forgotten' = 'held';
  #stopped: { readonly failure: PumpFailure } | undefined;
  /** What the message that holds the value says of them. */
  readonly rows: StreamRow[] = [];
  #open = 0;

  constructor(session: Session, options: SentStreamsOptions) {
    this.#session = session;
    this.#options = options;
  }

  /** How many are not over. */
  get open(): number {
    return this.#open;
  }

  /** Whether a source of theirs is not what it was. */
  get used(): boolean {
    return [...this.#pumps.values()].some(({ used }) => used);
  }

  /** Items that were sent, all together. */
  get sent(): number {
    let sent = 0;
    for (const pump of this.#pumps.values()) sent += pump.sent;
    return sent;
  }

  add(row: StreamRow, pump: StreamPump): void {
    this.rows.push(row);
    this.#pumps.set(row[1], pump);
    this.#wanted.add(row[1]);
    this.#open++;
  }

  /** The message that holds them has left. */
  start(): void {
    this.#state = 'started';
    if (this.#stopped) this.stop(this.#stopped.failure);
    else for (const pump of this.#pumps.values()) pump.run();
  }

  /** Returns their sources, as soon as their receiver can be told. */
  stop(failure: PumpFailure): void {
    if (this.#state === 'held' && !this.#session.ended) this.#stopped ??= { failure };
    else for (const pump of this.#pumps.values()) pump.stop(failure);
  }

  forget(): void {
    this.#state = 'forgotten';
  }

  /** The receiver of one wants no more of it. */
  cancel(id: number): void {
    this.#pumps.get(id)?.stop(undefined);
    if (this.#wanted.delete(id) && this.#wanted.size === 0) this.#options.abandoned?.();
  }

  /** The receiver of one has taken so much of it. */
  took(id: number, progress: Progress): void {
    if (this.#options.progress === undefined) return;
    this.#taken.set(id, progress);
    let [items, bytes] = [0, 0];
    for (const it of this.#taken.values()) {
      items += it.items;
      bytes += it.bytes;
    }
    this.#options.progress({ items, bytes });
  }

  closed(id: number): void {
    this.#open--;
    this.#wanted.delete(id);
    this.#options.over?.();
  }
}

interface Open {
  readonly id: number;
  readonly pump: StreamPump;
  readonly sent: SentStreams;
}

/** Who waits for places among the streams that the other end takes. */
export interface StreamPlaces {
  /** It takes one more. */
  freed(): void;
}

/** The streams inside values that this end sends on one session. */
export class OutgoingStreams {
  readonly #session: Session;
  readonly #turns: StreamTurns;
  readonly #places: StreamPlaces;
  readonly #open = new IdTable<Open>();
  #lastId = 0;

  constructor(session: Session, turns: StreamTurns, places: StreamPlaces) {
    this.#session = session;
    this.#turns = turns;
    this.#places = places;
  }

  /** Those that are not over at the other end. */
  get size(): number {
    return this.#open.size;
  }

  open(streams: readonly ValueStream[], options: SentStreamsOptions): SentStreams {
    const sent = new SentStreams(this.#session, options);
    for (const stream of streams) this.#add(stream, --this.#lastId, sent, options.progress !== undefined);
    return sent;
  }

  #add(stream: ValueStream, id: number, sent: SentStreams, progresses: boolean): void {
    const pump = new StreamPump({
      id,
      stream,
      session: this.#session,
      turns: this.#turns,
      done: (failure) => {
        this.#finish(id, stream, failure);
        sent.closed(id);
      },
      progress: progresses ? (progress) => sent.took(id, progress) : undefined,
    });
    this.#open.add({ id, pump, sent });
    sent.add([stream.path, id], pump);
  }

  /** Lets go of streams whose message never left. */
  forget(sent: SentStreams): void {
    for (const [, id] of sent.rows) this.#open.delete(id);
    sent.forget();
  }

  cancel(id: number): void {
    this.#open.get(id)?.sent.cancel(id);
  }

  credit(message: CreditMessage): void {
    if (this.#open.get(message[1])?.pump.credit(message) === false) this.#session.close('miscount');
  }

  #finish(id: number, stream: ValueStream, failure: PumpFailure): void {
    if (!this.#open.has(id)) return;
    const text = failure ? encodeError(id, stream.fail(failure.error)) : encodeBare('end', id);
    const told = new Outgoing(text);
    const message = this.#session.admits(told) ? told : new Outgoing(encodeError(id, tooLarge));
    // At the other end it is open until then, and counts among those that it takes.
    message.left = () => {
      this.#open.delete(id);
      this.#places.freed();
    };
    this.#session.send(message, 'stream');
  }
}

const tooLarge = JSON.stringify({ message: 'The error is larger than the other end accepts' });
