import type { FrameData } from '../wire/binary-frame.js';

/** One WebSocket, lent by an adapter. Its events go to the `SocketEvents` that belong to it. */
export interface Socket {
  /** Sends one frame, text or binary. Never throws; after the socket closed it does nothing. */
  send(frame: FrameData): void;
  /** Bytes given to `send` that the runtime still holds. */
  readonly buffered: number;
  /**
   * Closes with a closing handshake and no further events but `closed`. The adapter drops the socket
   * if the other end does not answer within 2 s. A second call does nothing.
   */
  close(code: number, reason: string): void;
  /** Drops the socket at once, without a closing handshake. */
  terminate(): void;
}

/** What an adapter tells about one socket, in order, each frame whole; never during `Dial`, else at any time. */
export interface SocketEvents {
  /** A text frame as a string, a binary frame as bytes that nobody changes any more. */
  frame(data: FrameData): void;
  /** `buffered` fell below `socketBufferBytes` after it had reached it. */
  drained(): void;
  /** The socket is gone, whoever closed it; 1006 when there was no closing handshake. Once, and last. */
  closed(code: number): void;
}

/** A socket that a client opens. */
export interface DialEvents extends SocketEvents {
  opened(): void;
}

/** Opens a socket; a failure to do so is told as `closed`. Never throws. */
export type Dial = (events: DialEvents) => Socket;

/** No more than this lies in a socket's own buffer, so that pongs are not stuck behind data. */
export const socketBufferBytes: number = 256 * 1024;

export interface Timer {
  cancel(): void;
}

/** No timer is asked to run longer: runtimes take more for no delay at all. */
export const longestTimerMs: number = 2 ** 31 - 1;

export interface Clock {
  /** Milliseconds on a clock that never goes back. */
  now(): number;
  /** Calls back once, after at least so many ms, at most `longestTimerMs`; never during this call. */
  after(ms: number, callback: () => void): Timer;
}

export interface Random {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** 32 random bytes from a cryptographic source, base64url without padding. */
  secret(): string;
}

/** What is to be done once a turn has said what it has to say. */
export interface Flushable {
  flush(): void;
  /** A number that rises with each message. */
  readonly activity: number;
}

/** How this runtime's event loop is shared. */
export interface Turn {
  /**
   * Flushes it once this turn has said what it has to say: when its microtasks are drained or, where a runtime does
   * not tell, when its `activity` stands still. Never later than the loop's next turn.
   */
  flush(what: Flushable): void;
  /** Gives the loop back to input and timers, then runs the callback. */
  yield(callback: () => void): void;
}
