import type { CallType } from '../wire/message.js';

/** A call from the other end, as its handler sees it. */
export interface IncomingCall {
  readonly type: CallType;
  readonly path: string;
  /** As on the wire: before the router's transformer. */
  readonly input: unknown;
  /** Where a tracked subscription continues. */
  readonly after: string | undefined;
  /** What the session's last accepted dial gave. */
  readonly context: unknown;
  /** Fires on cancel, deadline, or the end of the session. Made when it is first read. */
  readonly signal: AbortSignal;
  /** Whether nobody is told any more what its handler does: it was cancelled, or its deadline passed. */
  readonly cancelled: boolean;
}

/** One item of a stream, ready to be serialised; `event` is a tracked event's id. */
export interface StreamItem {
  readonly data: unknown;
  readonly event: string | undefined;
}

/** Where a stream is to continue, should its session be lost before the next event. */
export interface StreamPosition {
  readonly position: string;
}

export type Reply =
  | { readonly kind: 'result'; readonly data: unknown }
  /** The error shape's JSON. */
  | { readonly kind: 'error'; readonly json: string }
  | {
      readonly kind: 'stream';
      readonly iterator: AsyncIterator<unknown, unknown, undefined>;
      /** Makes an item of what the iterator gave. May throw: then the stream fails. */
      readonly toItem: (value: unknown) => StreamItem | StreamPosition;
      /** Why items may be missing before the first. */
      readonly gap?: string | undefined;
    };

/** Runs calls: all that a peer knows of a router. Data have passed its transformer, but are no text yet. */
export interface Dispatch {
  /** Never rejects, never throws. */
  run(call: IncomingCall): Promise<Reply>;
  /** The JSON of the error shape for a failure that the peer, or a stream of the call, met. Never throws. */
  fail(call: IncomingCall, failure: unknown): string;
}

/** A failure that the peer itself met while it served a call, by its tRPC code. */
export class ServingError extends Error {
  override readonly name = 'ServingError';
  readonly code:
    | 'TIMEOUT'
    | 'TOO_MANY_REQUESTS'
    | 'PAYLOAD_TOO_LARGE'
    | 'NOT_FOUND'
    | 'INTERNAL_SERVER_ERROR';

  constructor(code: ServingError['code'], message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
