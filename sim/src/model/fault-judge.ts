import type { FaultCode, HawserError } from '@hawser/core';
import { usualCalls } from '../plan.ts';
import type { StrandTask } from '../workload/task.ts';
import type { AskedCall } from './asked-call.ts';

/** What rounding may take off a time. */
const tolerance = 1;

/** No clock goes faster than this: a deadline has not passed on any before that share of it has in the world. */
const fastest = 1.2;

/** How late a timer may be, and the turn that is given to what came in before it. */
const lateMs = 20;

interface ErrorShape {
  readonly message?: string;
  readonly data?: { readonly code?: string };
}

/** Decides whether a rejection has a cause. */
export class FaultJudge {
  readonly #call: AskedCall;

  constructor(call: AskedCall) {
    this.#call = call;
  }

  told(fault: HawserError): void {
    this.#judge(fault, this.#hasCause(fault.code));
  }

  /** Of a stream of the result, which has come: then any loss of a session is one too many. */
  toldOfStrand(fault: HawserError): void {
    const lost = fault.code === 'session-lost' && this.#call.caller.losses > 0;
    this.#judge(fault, lost || this.#hasCause(fault.code));
  }

  #judge({ code, outcome, reason = '' }: HawserError, caused: boolean): void {
    this.#call.check(
      caused,
      'no-rejection-without-cause',
      () => `was rejected: ${code} ${outcome} ${reason}`,
    );
  }

  /** An error that the server answered with: the handler's own, or that the deadline passed. */
  answered(shape: unknown): void {
    const { message, data } = shape as ErrorShape;
    const { asking, runs } = this.#call;
    const { task } = asking;
    const failed = task.ends === 'fails' && message === `failure of ${task.n}`;
    const own = failed || runs.some(({ feed }) => feed?.state === 'failed');
    const late = data?.code === 'TIMEOUT' && this.deadlinePassed();
    const many = data?.code === 'TOO_MANY_REQUESTS' && this.#mayBeTooMany(task.outputs);
    this.#call.check(
      own || late || many,
      'no-rejection-without-cause',
      () => `failed: ${JSON.stringify(shape)}`,
    );
  }

  /** The deadline that its caller gave, by whichever clock it comes first. */
  deadlinePassed(): boolean {
    const { timeoutMs } = this.#call.asking;
    if (timeoutMs === undefined) return false;
    return (this.#call.parts.now() - this.#call.worldAskedAt) * fastest >= timeoutMs - tolerance;
  }

  /** The call is being settled: that may not come later than its deadline, but for the sleep of its caller. */
  checkDeadline(): void {
    const { asking, askedAt, clock } = this.#call;
    const deadline = askedAt + (asking.timeoutMs ?? Number.POSITIVE_INFINITY);
    this.#call.check(
      clock.now() <= Math.max(deadline, clock.wokeAt) + lateMs || asking.type === 'subscription',
      'deadline-is-kept',
      () => `is settled ${clock.now() - deadline} ms after its deadline`,
    );
  }

  #hasCause(code: FaultCode): boolean {
    const call = this.#call;
    const { asking } = call;
    const { type, timeoutMs } = asking;
    switch (code) {
      case 'aborted':
        return call.surrender === 'abort';
      case 'timeout':
        return this.#timedOut(timeoutMs ?? call.caller.patienceMs);
      case 'closed':
        return call.caller.closed;
      case 'refused':
        return call.caller.refused;
      case 'session-lost':
        return this.#isLost();
      case 'gap':
        return type === 'subscription' && !asking.survivesGaps;
      default:
        return false;
    }
  }

  /** Whether more streams may be under way than the other end takes. */
  #mayBeTooMany(strands: readonly StrandTask[] = []): boolean {
    return strands.length > 0 && this.#call.parts.plan.announced.calls < usualCalls;
  }

  /** More sessions were lost than the call may outlive, or what it was asked in the name of. */
  #isLost(): boolean {
    const { caller, inputs, asking } = this.#call;
    const { type, idempotent } = asking;
    // What was read of a stream cannot be read again.
    const once = caller.outlives === 0 || inputs.some(({ used }) => used);
    if (caller.renamed || (once && caller.losses > 0)) return true;
    return type !== 'subscription' && caller.losses > (type === 'query' || idempotent ? 1 : 0);
  }

  #timedOut(ms: number): boolean {
    return this.#waited >= ms - tolerance;
  }

  get #waited(): number {
    return this.#call.clock.now() - this.#call.askedAt;
  }
}
