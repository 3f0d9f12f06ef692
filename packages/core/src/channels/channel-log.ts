import type { Section } from '../rpc/attachments.js';

/** An event as a log keeps it: plain data, which may leave the process and come back. */
export interface LoggedEvent {
  readonly number: number;
  /** As the channel's transformer writes it, without its bytes; undefined for `undefined`. */
  readonly json: string | undefined;
  /** Its bytes, and where they belong. */
  readonly parts: readonly Section[];
  /** What it is the newest of, if its channel has keys. */
  readonly key: unknown;
  /** Characters and bytes. */
  readonly length: number;
}

/**
 * The events of one channel, in order, numbered from 1 without a gap. A channel reads what its subscribers lack, and
 * what is new, from here alone, so processes that share a log share the channel. What a log holds, it holds at hand:
 * one whose events are kept elsewhere mirrors the newest of them.
 */
export interface ChannelLog {
  /** Names the log: a cursor of another epoch means nothing in it. */
  readonly epoch: string;
  /** Numbers of the oldest event that it holds and of the newest there was; `first` is past `last` when it holds none. */
  readonly first: number;
  readonly last: number;
  /**
   * Adds an event, and drops the oldest ones that pass its bounds. `make` is given the event's number, once that is
   * known. Whoever tails is told before it returns, or before its promise resolves.
   */
  append(make: (number: number) => LoggedEvent): LoggedEvent | Promise<LoggedEvent>;
  /** The event of that number; undefined if the log does not hold it. Whatever `append` was given may come back as it is. */
  read(number: number): LoggedEvent | undefined;
  /** Tells the one listener that there are events beyond those it knows, wherever they were published. */
  tail(listener: () => void): void;
  /** Drops the events before that number. */
  trim(first: number): void;
  /** Holds nothing any more, and tells nobody. */
  close(): void;
}
