/** What a subscriber of a channel asks for. */
export interface FeedTask {
  /** Index of the channel. */
  readonly room: number;
  /** What is followed: the channel's events, or who is there. */
  readonly of: 'events' | 'presence';
  /** A cursor that its input has, from before. */
  readonly after: string | undefined;
  /** Nothing up to that event is for it. */
  readonly since: string | undefined;
  readonly replay: number;
  readonly snapshot: 'none' | 'at-once' | 'slow';
  readonly overflow: 'drop-oldest' | 'latest' | 'error';
  /** Who is there for as long as it is read. */
  readonly member: Member | undefined;
}

/** Somebody who is there. */
export interface Member {
  readonly id: string;
  readonly meta: { readonly mood: number };
}

/** An event of a channel: the how many-th of its log. */
export interface News {
  readonly number: number;
  readonly key: number;
  readonly pad: string;
  readonly blob?: unknown;
}

/** A snapshot: it stands for all events up to that number. */
export interface Sum {
  readonly upTo: number;
}

/** What the bytes of an event are made from. */
export function newsSeed({ number, key }: News): number {
  return number * 13 + key;
}
