/** Up to so many sessions the least spread will do. */
const fewSessions = 10;

/** A thousand times as many sessions are given eighty times as long. */
const exponent = Math.log10(80) / 3;

/**
 * Over how many ms a server's clients are to spread their first redials, so that losing all sockets at once brings
 * no more dials a second than it can take, and a single one is back soon.
 */
export function spreadOf(sessions: number, leastMs: number): number {
  return Math.round(leastMs * Math.max(1, sessions / fewSessions) ** exponent);
}
