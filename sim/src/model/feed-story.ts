/** Where a subscriber of a channel is: the last event that it has, and of which log that is. */
export interface Place {
  readonly epoch: string;
  readonly number: number;
}

/** Reads an id or a position; epochs may have dots of their own. */
export function placeIn(cursor: string): Place {
  const dot = cursor.lastIndexOf('.');
  return { epoch: cursor.slice(0, dot), number: Number(cursor.slice(dot + 1)) };
}

/** What can be followed, as the model knows it: one log. */
export interface FeedStory {
  /** For messages. */
  readonly name: string;
  /** Undefined while nothing has told it. */
  readonly epoch: string | undefined;
  /** Numbers of the oldest event that it holds, and of the newest there was. */
  readonly first: number;
  readonly last: number;
  /** It may hold no events up to this one, whatever `first` says. */
  readonly forgotten: number;
  readonly closed: boolean;
  /** Whether a later event has the same key. */
  isOld(number: number): boolean;
  /** The newest of each key that it holds no more, from a number on; undefined if it does not know all of them. */
  newestFrom(number: number): readonly number[] | undefined;
  /** Whether that is what was published under the number. */
  tellsEvent(number: number, data: unknown): boolean;
  /** Whether it is a snapshot, and whether it can stand for all events up to the number. */
  isState(data: unknown): boolean;
  tellsState(number: number, data: unknown): boolean;
}
