import type { Session } from '../session/session.js';
import type { EndMessage, ErrorMessage, GapMessage, ItemMessage } from '../wire/message.js';
import { encodeBare, encodeCredit, messageKinds, readValue } from '../wire/message.js';
import type { Found } from './attachments.js';
import { IdTable } from './id-table.js';
import { IncomingStream } from './incoming-stream.js';

/** Messages about a stream inside a value, from its sender. */
export type StreamMessage = ItemMessage | EndMessage | ErrorMessage | GapMessage;

interface Open {
  readonly id: number;
  readonly stream: IncomingStream;
  /** Told when its sender is done with it. */
  readonly over: () => void;
}

/** The streams inside values that the other end sends on one session. */
export class IncomingStreams {
  readonly #session: Session;
  readonly #open = new IdTable<Open>();

  constructor(session: Session) {
    this.#session = session;
  }

  /** Takes a stream in; undefined, and the end of the session, if there cannot be one of that id. */
  open(id: number, { over }: Pick<Open, 'over'>): IncomingStream | undefined {
    if (this.#open.has(id)) return this.#reject('bad-id');
    if (this.#open.size >= this.#session.takes.calls) return this.#reject('too-many');
    const session = this.#session;
    const stream = new IncomingStream({
      session,
      credit: (consumed, items, bytes) => session.send(encodeCredit(id, consumed, items, bytes), 'reply'),
      cancel: () => this.cancel(id),
    });
    this.#open.add({ id, stream, over });
    return stream;
  }

  /** Asks the sender to stop; until it has, the stream counts as open. */
  cancel(id: number): void {
    if (this.#open.has(id)) this.#session.send(encodeBare('cancel', id), 'reply');
  }

  receive(message: StreamMessage, found: readonly Found[]): void {
    const open = this.#open.get(message[1]);
    if (open === undefined) return;
    switch (message[0]) {
      case messageKinds.item:
        if (!open.stream.push(readValue(message[2], message[4]), found)) this.#session.close('too-many');
        return;
      case messageKinds.gap:
        return;
      case messageKinds.end:
        return this.#finish(open, undefined);
      case messageKinds.error:
        return this.#finish(open, { shape: message[2] });
      default:
        message satisfies never;
    }
  }

  #finish({ id, stream, over }: Open, failure: { readonly shape: unknown } | undefined): void {
    this.#open.delete(id);
    stream.finish(failure);
    over();
  }

  #reject(name: 'bad-id' | 'too-many'): undefined {
    this.#session.close(name);
    return undefined;
  }
}
