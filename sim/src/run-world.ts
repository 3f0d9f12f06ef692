import process from 'node:process';
import { quarantine } from './loop/quarantine.ts';
import type { Reader } from './loop/trace.ts';
import type { Invariant } from './model/invariants.ts';
import type { Tally } from './tally.ts';
import { World } from './world.ts';

const turn = setImmediate;

export interface Outcome {
  readonly seed: number;
  readonly hash: readonly [number, number];
  readonly violation: { readonly invariant: Invariant; readonly detail: string } | undefined;
}

/** Runs the world of a seed. One world runs at a time. */
export async function runWorld(seed: number, tally: Tally, reader?: Reader): Promise<Outcome> {
  const release = quarantine(seed);
  // Errors are thrown by the thousand, and nobody reads where unless it is a single world that runs.
  const { stackTraceLimit } = Error;
  if (!reader) Error.stackTraceLimit = 0;
  let world: World | undefined;
  const unhandled = (error: unknown): void => world?.crashed(error);
  process.on('unhandledRejection', unhandled);
  try {
    world = new World(seed, tally, reader);
    await world.run();
    // Node tells of rejections that nobody handled at the end of a turn of its own.
    await new Promise((resolve) => turn(resolve));
    return { seed, hash: world.hash, violation: world.violation };
  } catch (error) {
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { seed, hash: [0, 0], violation: { invariant: 'no-crash', detail } };
  } finally {
    process.off('unhandledRejection', unhandled);
    Error.stackTraceLimit = stackTraceLimit;
    release();
  }
}
