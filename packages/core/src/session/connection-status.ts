/** The states of a connection and where each can lead. */
export const connectionTransitions = {
  /** Nothing was asked of it yet. */
  idle: ['connecting', 'closed'],
  /** A dial is under way: credentials, socket, handshake. */
  connecting: ['open', 'waiting', 'closed'],
  /** A session is attached to a socket. */
  open: ['waiting', 'closed'],
  /** For the next dial: until `retryAt`, or for its user when there is none. */
  waiting: ['waiting', 'connecting', 'closed'],
  /** For good. */
  closed: [],
} as const satisfies Record<string, readonly string[]>;

export type ConnectionState = keyof typeof connectionTransitions;

/** What a connection is doing, and why. */
export interface ConnectionStatus {
  readonly state: ConnectionState;
  /** Why it waits or is closed: a close name of the protocol, or what the client itself found. */
  readonly reason: string | undefined;
  /** Dials since the last session that was accepted. */
  readonly attempt: number;
  /** When the next dial is due, in ms of `Date.now()`; undefined when none is planned. */
  readonly retryAt: number | undefined;
}

export function mayFollow(from: ConnectionState, to: ConnectionState): boolean {
  return (connectionTransitions[from] as readonly ConnectionState[]).includes(to);
}
