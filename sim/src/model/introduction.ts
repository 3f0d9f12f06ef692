import type { CloseName } from '@hawser/core';
import type { Line } from '../network/line.ts';
import type { HelloFields } from './control-frame.ts';
import type { SessionStory } from './session-story.ts';

/** A `hello` that has reached the server, and what the world makes of it. */
export interface Introduction {
  readonly line: Line;
  readonly session: SessionStory;
  readonly hello: HelloFields;
  /** When it came, by the server's clock. */
  readonly at: number;
  /** The refusal that the world asked for. */
  refusal: CloseName | undefined;
  /** The socket closed cleanly meanwhile. */
  closedCleanly: boolean;
  /** The server answered with a no. */
  over: boolean;
}
