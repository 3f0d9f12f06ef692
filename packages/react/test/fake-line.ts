import type { ConnectionStatus } from '@hawser/client';
import type { ConnectionLike } from '../src/index.js';

/** A connection that is in the state, and has the round trip, that the test says. */
export class FakeLine implements ConnectionLike {
  status: ConnectionStatus;
  roundTripMs: number | undefined;
  /** How often a round trip was to be measured. */
  measured = 0;
  retried = 0;
  readonly listeners = new Set<(status: ConnectionStatus) => void>();

  constructor(state: ConnectionStatus['state']) {
    this.status = { state, reason: undefined, attempt: 0, retryAt: undefined };
  }

  measure(): void {
    this.measured++;
  }

  subscribe(listener: (status: ConnectionStatus) => void): () => void {
    this.listeners.add(listener);
    listener(this.status);
    return () => this.listeners.delete(listener);
  }

  retry(): void {
    this.retried++;
  }

  become(state: ConnectionStatus['state']): void {
    this.status = { ...this.status, state };
    for (const listener of [...this.listeners]) listener(this.status);
  }
}
