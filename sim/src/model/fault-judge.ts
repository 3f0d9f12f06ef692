import type { FaultCode, HawserError } from '@hawser/core';
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
    const { code, outcome, reason = '' } = fault;
    this.#call.check(
      this.#hasCause(code),
      'no-rejection-without-cause',
      () => `was rejected: ${code} ${outcome} ${reason}`,
    );
  }

  /** An error that the server answered with: the handler's own, or that the deadline passed. */
  answered(shape: unknown): void {
    const { message, data } = shape as ErrorShape;
    const { task } = this.#call.asking;
    const own = task.ends === 'fails' && message === `failure of ${task.n}`;
    const late = data?.code === 'TIMEOUT' && this.deadlinePassed();
    this.#call.check(own || late, 'no-rejection-without-cause', () => `failed: ${JSON.stringify(shape)}`);
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
    const { type, idempotent, timeoutMs } = call.asking;
    switch (code) {
      case 'aborted':
        return call.surrender === 'abort';
      case 'timeout':
        return this.#timedOut(timeoutMs ?? call.parts.plan.timeoutMs);
      case 'closed':
        return call.client.closed;
      case 'refused':
        return call.client.refusals > call.before.refusals;
      case 'session-lost':
        return this.#isLost(type === 'query' || idempotent ? 1 : 0);
      case 'gap':
        return type === 'subscription' && !call.asking.survivesGaps;
      default:
        return false;
    }
  }

  /** More sessions were lost than the call may outlive, or what it was asked in the name of. */
  #isLost(outlives: number): boolean {
    const { client, before, losses, asking } = this.#call;
    return client.names > before.names || (asking.type !== 'subscription' && losses > outlives);
  }

  #timedOut(ms: number): boolean {
    return this.#waited >= ms - tolerance;
  }

  get #waited(): number {
    return this.#call.clock.now() - this.#call.askedAt;
  }
}
