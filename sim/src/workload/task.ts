import type { FeedTask } from './feed-task.ts';

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
  readonly feed?: FeedTask | undefined;
  /** Lengths of the bytes in the input, and in the answer. */
  readonly blobs?: readonly number[] | undefined;
  readonly answerBlobs?: readonly number[] | undefined;
  /** The streams in the input, and in the answer; when the handler reads the former. */
  readonly inputs?: readonly StrandTask[] | undefined;
  readonly outputs?: readonly StrandTask[] | undefined;
  readonly reading?: Reading | undefined;
  /** Makes the input large. */
  readonly pad: string;
}

/**
 * When a handler reads the streams of its input: before it answers, beside that, or, of the first, one item for each
 * item of its answer's first stream.
 */
export type Reading = 'before' | 'beside' | 'feeds';

/** What goes over the wire of a task: the rest its handler is told by the model. */
export interface Input
  extends Pick<Task, 'n' | 'ms' | 'ends' | 'heeds' | 'size' | 'stream' | 'feed' | 'pad'> {
  readonly blobs?: readonly unknown[] | undefined;
  readonly strands?: readonly unknown[] | undefined;
}

/** What a strand is like: a stream inside a value, and its reader. */
export interface StrandTask {
  /** How many items it has; for ever if undefined. */
  readonly count: number | undefined;
  /** Between two items. */
  readonly ms: number;
  /** Of an item: length of its text, and of its bytes, at most. */
  readonly size: number;
  readonly bytes: number;
  readonly fails: boolean;
  /** How long its source takes to return. */
  readonly returnMs: number;
  /** How many items its reader takes before it leaves; all if undefined, and none if it does not even begin. */
  readonly reads: number | undefined;
  /** What its reader does between two items. */
  readonly readMs: number;
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
  /** Length of the bytes of an item, at most. */
  readonly bytes: number;
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
  readonly blobs?: readonly unknown[] | undefined;
  readonly strands?: readonly unknown[] | undefined;
}

/** An item of a strand: of which call, run (0 for an input) and strand it is, and the how many-th. */
export interface StrandItem {
  readonly n: number;
  readonly run: number;
  readonly index: number;
  readonly seq: number;
  readonly pad: string;
  readonly blob?: unknown;
}

/** How many bytes an item has, in a stream in which some have that many: small ones and large ones are mixed. */
export function itemBytes(most: number, seq: number): number {
  return seq % 3 === 2 ? most : most >> 4;
}

/** What the bytes of an item are made from. */
export function strandSeed({ n, run, index, seq }: StrandItem): number {
  return ((n * 31 + run) * 7 + index) * 101 + seq;
}

/** Likewise for those of a subscription's item. */
export function itemSeed({ run, seq }: Item): number {
  return run * 211 + seq;
}

/** An item: of which call and run it is, the how many-th of that run, and its place in a tracked stream, or -1. */
export interface Item {
  readonly n: number;
  readonly run: number;
  readonly seq: number;
  readonly index: number;
  readonly pad: string;
  readonly blob?: unknown;
}
