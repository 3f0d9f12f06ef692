import type { Client } from '../ends/client.ts';
import type { Server } from '../ends/server.ts';

/** The ends of a world, and what can be done to them. */
export interface Harbour {
  readonly clients: readonly Client[];
  /** The server that runs; undefined while it is down. */
  readonly server: Server | undefined;
  /** The server's process ends at once, or in good order, and another takes its place after a while. */
  restart(how: 'crash' | 'close', downMs: number): void;
}
