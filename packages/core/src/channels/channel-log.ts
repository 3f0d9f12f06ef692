import type { ChannelEvent } from './channel-event.js';

/**
 * The events of one channel, in order, numbered from 1. A channel reads what its subscribers lack, and what is new,
 * from here alone, so whoever shares a log between processes has them share the channel.
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
  append(make: (number: number) => ChannelEvent): ChannelEvent | Promise<ChannelEvent>;
  /** The event of that number; undefined if the log does not hold it. */
  read(number: number): ChannelEvent | undefined;
  /** Tells the one listener that there are events beyond those it knows, wherever they were published. */
  tail(listener: () => void): void;
  /** Drops the events before that number. */
  trim(first: number): void;
  /** Holds nothing any more, and tells nobody. */
  close(): void;
}
