import { Outgoing } from '../session/outgoing.js';
import type { Session } from '../session/session.js';
import type { StreamRow } from '../wire/attachment-rows.js';
import type { CreditMessage } from '../wire/message.js';
import { encodeBare, encodeError } from '../wire/message.js';
import type { ValueStream } from './dispatch.js';
import type { Progress, PumpFailure } from './stream-pump.js';
import { StreamPump } from './stream-pump.js';
import type { StreamTurns } from './stream-turns.js';

export interface SentStreamsOptions {
  /** Told of each stream that is over. */
  readonly over?: () => void;
  readonly progress?: ((progress: Progress) => void) | undefined;
}

/**
 * The streams of one value. Until the message that holds it has left (`held`) nothing may be said of them; if it never
 * does, they are `forgotten`.
 */
export class SentStreams {
  readonly #session: Session;
  readonly #pumps: readonly StreamPump[];
  #state: 'held' | 'started' | 'forgotten' = 'held';
  #stopped: { readonly failure: PumpFailure } | undefined;
  /** What the message that holds the value says of them. */
  readonly rows: readonly StreamRow[];
  #open: number;

  constructor(session: Session, pumps: readonly StreamPump[], rows: readonly StreamRow[]) {
    this.#session = session;
    this.#pumps = pumps;
    this.rows = rows;
    this.#open = pumps.length;
  }

  /** How many are not over. */
  get open(): number {
    return this.#open;
  }

  /** Whether anything was asked of their sources. */
  get pulled(): boolean {
    return this.#pumps.some(({ pulled }) => pulled);
  }

  /** Items that were sent, all together. */
  get sent(): number {
    return this.#pumps.reduce((sum, { sent }) => sum + sent, 0);
  }

  /** The message that holds them has left. */
  start(): void {
    this.#state = 'started';
    if (this.#stopped) this.stop(this.#stopped.failure);
    else for (const pump of this.#pumps) pump.run();
  }

  /** Returns their sources, as soon as their receiver can be told. */
  stop(failure: PumpFailure): void {
    if (this.#state === 'held' && !this.#session.ended) this.#stopped ??= { failure };
    else for (const pump of this.#pumps) pump.stop(failure);
  }

  forget(): void {
    this.#state = 'forgotten';
  }

  closed(): void {
    this.#open--;
  }
}

/** The streams inside values that this end sends on one session. */
export class OutgoingStreams {
  readonly #session: Session;
  readonly #turns: StreamTurns;
  readonly #pumps = new Map<number, StreamPump>();
  #lastId = 0;

  constructor(session: Session, turns: StreamTurns) {
    this.#session = session;
    this.#turns = turns;
  }

  /** Whether the other end takes so many more. */
  admits(count: number): boolean {
    return this.#pumps.size + count <= this.#session.limits.calls;
  }

  open(streams: readonly ValueStream[], { over, progress }: SentStreamsOptions): SentStreams {
    const rows = streams.map(({ path }) => [path, --this.#lastId] as const);
    const pumps = streams.map((stream, index) => {
      const id = (rows[index] as StreamRow)[1];
      const done = (failure: PumpFailure): void => {
        this.#finish(id, stream, failure);
        sent.closed();
        over?.();
      };
      const pump = new StreamPump({ id, stream, session: this.#session, turns: this.#turns, done, progress });
      this.#pumps.set(id, pump);
      return pump;
    });
    const sent = new SentStreams(this.#session, pumps, rows);
    return sent;
  }

  /** Lets go of streams whose message never left. */
  forget(sent: SentStreams): void {
    for (const [, id] of sent.rows) this.#pumps.delete(id);
    sent.forget();
  }

  cancel(id: number): void {
    this.#pumps.get(id)?.stop(undefined);
  }

  credit(message: CreditMessage): void {
    if (this.#pumps.get(message[1])?.credit(message) === false) this.#session.close('miscount');
  }

  #finish(id: number, stream: ValueStream, failure: PumpFailure): void {
    if (!this.#pumps.delete(id)) return;
    const text = failure ? encodeError(id, stream.fail(failure.error)) : encodeBare('end', id);
    const message = new Outgoing(text);
    if (this.#session.admits(message)) return this.#session.send(message, 'stream');
    this.#session.send(
      encodeError(id, '{"message":"The error is larger than the other end accepts"}'),
      'stream',
    );
  }
}

/** Lets go of a stream that nobody is going to read. */
export function closeSource({ iterator }: ValueStream): void {
  try {
    iterator.return?.().then(undefined, () => {});
  } catch {
    // Whoever made it wants to hear of its end, not to be heard about it.
  }
}
