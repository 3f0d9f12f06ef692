import type { FaultCode, Outcome } from '../wire/fault-codes.js';
import { faultCodes } from '../wire/fault-codes.js';

/**
 * A failure of the line or of the caller, never the server's answer. It is the `cause` of the error
 * that a caller gets.
 */
export class HawserError extends Error {
  override readonly name = 'HawserError';
  /** What happened, by the protocol's table of faults. */
  readonly code: FaultCode;
  /** The finer reason, where there is one: why the session was lost, why the server refused. */
  readonly reason: string | undefined;
  /** Whether the call can have run. */
  readonly outcome: Outcome;

  constructor(code: FaultCode, outcome: Outcome, reason?: string, cause?: unknown) {
    const text = faultCodes[code].text;
    super(reason === undefined ? text : `${text} (${reason})`, cause === undefined ? undefined : { cause });
    this.code = code;
    this.outcome = outcome;
    this.reason = reason;
  }
}

/** Causes may run in a circle. */
const deepest = 16;

/** The line's failure behind an error that a caller got: the error itself, or the nearest of its causes. */
export function hawserErrorOf(error: unknown): HawserError | undefined {
  let it = error;
  for (let depth = 0; depth < deepest && it instanceof Error; depth++, it = it.cause) {
    if (it instanceof HawserError) return it;
  }
  return undefined;
}

/** Whether a rejected call can have run: undefined if the error is the server's own answer. */
export function outcomeOf(error: unknown): Outcome | undefined {
  return hawserErrorOf(error)?.outcome;
}
