/** What a handler is asked to do: the input of each call. */
export interface Task {
  /** Names the call. */
  readonly n: number;
  /** How long it works before it answers. */
  readonly ms: number;
  /** What it does then; one that `waits` does so for ever. */
  readonly ends: 'answers' | 'fails' | 'waits';
  /** Whether it stops as soon as its signal fires. */
  readonly heeds: boolean;
  /** Length of the answer, or of an item. */
  readonly size: number;
  readonly stream?: StreamTask | undefined;
  /** Makes the input large. */
  readonly pad: string;
}

/**
 * What a stream is like. `plain` items have no events; of a `tracked` stream each has one, or gives a position and
 * no item; a `mixed` one has untracked items between.
 */
export interface StreamTask {
  readonly kind: 'plain' | 'tracked' | 'mixed';
  /** Where it starts if there is no cursor; its input says so, where it is not the beginning. */
  readonly from: number;
  /** Up to which place; for ever if undefined. */
  readonly count: number | undefined;
  /** Between two items. */
  readonly ms: number;
  /** Each so many-th index gives a position instead of an item; 0 for none. */
  readonly silentEvery: number;
  /** Whether a handler that continues says that there is a gap, and leaves out some. */
  readonly forgets: boolean;
  /** How long the handler takes to return. */
  readonly returnMs: number;
}

/** The index is a place in the stream without an item. */
export function isSilent({ silentEvery }: StreamTask, index: number): boolean {
  return silentEvery > 0 && index % silentEvery === 0;
}

/** What handlers answer. */
export interface Answer {
  readonly n: number;
  readonly run: number;
  readonly pad: string;
}

/** An item: of which call and run it is, the how many-th of that run, and its place in a tracked stream, or -1. */
export interface Item {
  readonly n: number;
  readonly run: number;
  readonly seq: number;
  readonly index: number;
  readonly pad: string;
}
