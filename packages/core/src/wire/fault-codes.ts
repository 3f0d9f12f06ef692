/** Whether a call that got no answer can have run: `not-run` is certain, `unknown` is not. */
export type Outcome = 'not-run' | 'unknown';

/** Every rejection that is not the server's answer. */
export const faultCodes = {
  aborted: { text: 'The call was aborted' },
  timeout: { text: 'The call timed out' },
  closed: { text: 'The connection was closed' },
  refused: { text: 'The server refused the connection' },
  'session-lost': { text: 'The session was lost before the answer came' },
  gap: { text: 'The subscription was interrupted and items may be missing' },
  'queue-full': { text: 'Too many calls are waiting to be sent' },
  'too-large': { text: 'The message is larger than the other end accepts' },
  unserialisable: { text: 'The input could not be serialised' },
  unreadable: { text: 'The answer could not be read' },
  callback: { text: 'A callback threw' },
} as const satisfies Record<string, { text: string }>;

/** Why a call got no answer. */
export type FaultCode = keyof typeof faultCodes;
