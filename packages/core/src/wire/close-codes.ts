/** What a client does after a close: `redial` by itself, `wait` for its user, or nothing at all. */
export type AfterClose = 'redial' | 'wait' | 'never';

export interface CloseCode {
  readonly code: number;
  /** What becomes, to whoever is told, of the session that the socket carried or asked for: `stays` can be resumed. */
  readonly session: 'ends' | 'stays';
  readonly client: AfterClose;
}

/** Every way in which a peer closes a socket. The name is also the close reason and the word in `bye`. */
export const closeCodes = {
  closed: { code: 1000, session: 'ends', client: 'never' },
  'going-away': { code: 1001, session: 'ends', client: 'redial' },
  'bad-request': { code: 4400, session: 'stays', client: 'wait' },
  unauthorized: { code: 4401, session: 'stays', client: 'wait' },
  forbidden: { code: 4403, session: 'stays', client: 'wait' },
  'handshake-timeout': { code: 4408, session: 'stays', client: 'redial' },
  'stale-dial': { code: 4409, session: 'ends', client: 'redial' },
  ended: { code: 4410, session: 'ends', client: 'redial' },
  'too-large': { code: 4413, session: 'ends', client: 'redial' },
  malformed: { code: 4420, session: 'ends', client: 'redial' },
  unexpected: { code: 4421, session: 'ends', client: 'redial' },
  miscount: { code: 4422, session: 'ends', client: 'redial' },
  'bad-id': { code: 4423, session: 'ends', client: 'redial' },
  'too-many': { code: 4429, session: 'ends', client: 'redial' },
  overflow: { code: 4430, session: 'ends', client: 'redial' },
  stuck: { code: 4431, session: 'ends', client: 'redial' },
  'known-secret': { code: 4432, session: 'ends', client: 'redial' },
  trouble: { code: 4500, session: 'stays', client: 'redial' },
  overloaded: { code: 4503, session: 'stays', client: 'redial' },
} as const satisfies Record<string, CloseCode>;

export type CloseName = keyof typeof closeCodes;

const names = new Map<number, CloseName>(
  (Object.keys(closeCodes) as CloseName[]).map((name) => [closeCodes[name].code, name]),
);

/** Codes below may come from anything on the way; these only from a Hawser peer. */
const ownCodes = 4400;

/** What a WebSocket library says of a frame that is too large for it. */
const libraryTooLarge = 1009;

/** What a close code says by itself, without a `bye`; undefined if it only says that the socket is gone. */
export function closeName(code: number): CloseName | undefined {
  if (code === libraryTooLarge) return 'too-large';
  return code < ownCodes ? undefined : names.get(code);
}

/** Whether only a Hawser peer can have closed a socket with this code. */
export function isOwnCode(code: number): boolean {
  return code >= ownCodes && names.has(code);
}

/** Whether a session is over, to whoever is told this. */
export function endsSession(name: CloseName): boolean {
  return closeCodes[name].session === 'ends';
}

export function isCloseName(value: unknown): value is CloseName {
  return typeof value === 'string' && Object.hasOwn(closeCodes, value);
}

/** Why the server has no session to resume. */
export const goneReasons = [
  'expired',
  'evicted',
  'ended',
  'restarted',
  'refused',
  'not-opened',
  'off',
] as const;
export type GoneReason = (typeof goneReasons)[number];
