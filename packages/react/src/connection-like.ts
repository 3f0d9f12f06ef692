import type { ConnectionStatus } from '@hawser/client';

/** What the hooks use of a connection, as `connect` gives it. */
export interface ConnectionLike {
  /** The same object until something changes. */
  readonly status: ConnectionStatus;
  /** The last round trip that was measured, in ms; undefined before the first. */
  readonly roundTripMs: number | undefined;
  /** Measures a round trip. */
  measure(): void;
  /** Tells the status now and at each change, until the returned function is called. */
  subscribe(listener: (status: ConnectionStatus) => void): () => void;
  retry(): void;
}
