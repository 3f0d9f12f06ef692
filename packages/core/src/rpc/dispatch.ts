import type { Path } from '../wire/attachment-rows.js';
import type { CallType } from '../wire/message.js';
import type { Found, Section } from './attachments.js';

/** A call from the other end, as its handler sees it. */
export interface IncomingCall {
  readonly type: CallType;
  readonly path: string;
  /** As on the wire: before the router's transformer. */
  readonly input: unknown;
  /** The bytes and streams that belong into the input once the transformer has read it. */
  readonly found: readonly Found[];
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
  /** Its bytes. */
  readonly sections?: readonly Section[] | undefined;
}

/** Where a stream is to continue, should its session be lost before the next event. */
export interface StreamPosition {
  readonly position: string;
}

/** So many items were dropped before the next. */
export interface StreamDrop {
  readonly dropped: number;
}

export type StreamElement = StreamItem | StreamPosition | StreamDrop;

/** Items may be missing before the next. */
export interface StreamGap {
  readonly gap: string;
  /** How many, where that is known. */
  readonly count: number | undefined;
}

/** A tracked event as it leaves, but for the id of the stream: serialised once for all that it goes to. */
export interface SplicedItem {
  /** The event's. */
  readonly id: string;
  readonly tail: string;
  /** Its bytes. */
  readonly sections?: readonly Uint8Array[] | undefined;
}

/** A stream of what is there before it is asked for, taken without a promise for each. */
export interface Feed {
  /** Told when there may be something again, after `take` gave nothing. Set before the first `take`. */
  wake: () => void;
  /** The next; undefined if there is none yet. Throws what the stream fails with. */
  take(): SplicedItem | StreamPosition | StreamGap | 'end' | undefined;
  /** Nothing more is taken. Called at the end too, and more than once. */
  stop(): void;
}

export interface FedReply {
  readonly kind: 'feed';
  readonly feed: Feed;
}

/** A stream on its way out. */
export interface StreamReply {
  readonly kind: 'stream';
  readonly iterator: AsyncIterator<unknown, unknown, undefined>;
  /** Makes an item of what the iterator gave. May throw or reject: then the stream fails. */
  readonly toItem: (value: unknown) => StreamElement | Promise<StreamElement>;
  /** Why items may be missing before the first. */
  readonly gap?: string | undefined;
}

/** A stream inside a value. */
export interface ValueStream extends Pick<StreamReply, 'iterator' | 'toItem'> {
  readonly path: Path;
  /** The JSON of the error shape that its receiver is told. Never throws. */
  readonly fail: (failure: unknown) => string;
}

/** What a value holds beside its JSON. */
export interface Attachments {
  readonly sections?: readonly Section[] | undefined;
  readonly streams?: readonly ValueStream[] | undefined;
}

export interface ResultReply extends Attachments {
  readonly kind: 'result';
  readonly data: unknown;
}

export type Reply =
  | ResultReply
  /** The error shape's JSON. */
  | { readonly kind: 'error'; readonly json: string }
  | StreamReply
  | FedReply;

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
