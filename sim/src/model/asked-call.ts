import type { CallType, HawserError } from '@hawser/core';
import type { Machine } from '../loop/machine.ts';
import type { Answer, Task } from '../workload/task.ts';
import { FaultJudge } from './fault-judge.ts';
import type { JudgeParts } from './judge-parts.ts';
import { RunRecord } from './run-record.ts';
import type { ClientStory, SessionStory } from './session-story.ts';

/** How a caller asks. */
export interface Asking {
  readonly type: CallType;
  readonly task: Task;
  readonly idempotent: boolean;
  readonly timeoutMs: number | undefined;
  readonly survivesGaps: boolean;
}

/** How a caller gives a call up. */
export type Surrender = 'abort' | 'leave';

/** What became of a call, for its caller. */
export type Settlement = 'answer' | 'error' | 'end' | 'not-run' | 'unknown';

/** One call: what was asked, what ran, what was told. */
export class AskedCall {
  readonly asking: Asking;
  readonly client: ClientStory;
  readonly clock: Machine;
  readonly askedAt: number;
  /** Likewise, in the world's time. */
  readonly worldAskedAt: number;
  /** What its client had been through when it was asked. */
  readonly before: { readonly losses: number; readonly refusals: number; readonly names: number };
  readonly runs: RunRecord[] = [];
  readonly parts: JudgeParts;
  /** Whether it was ever in a frame. */
  left = false;
  surrender: Surrender | undefined;
  settlement: Settlement | undefined;
  readonly #faults: FaultJudge;

  constructor(asking: Asking, client: ClientStory, clock: Machine, parts: JudgeParts) {
    this.asking = asking;
    this.client = client;
    this.clock = clock;
    this.askedAt = clock.now();
    this.worldAskedAt = parts.now();
    this.before = { losses: client.losses, refusals: client.refusals, names: client.names };
    this.parts = parts;
    this.#faults = new FaultJudge(this);
  }

  get n(): number {
    return this.asking.task.n;
  }

  get name(): string {
    return `${this.asking.type} ${this.n}`;
  }

  /** Sessions of its client that were lost since it was asked. */
  get losses(): number {
    return this.client.losses - this.before.losses;
  }

  /** Its handler is called. */
  ran(session: SessionStory, after: number | undefined): RunRecord {
    const { type, idempotent } = this.asking;
    const again = this.runs.some((run) => run.session === session);
    const most = type === 'mutation' && !idempotent ? 1 : type === 'query' ? 2 : Number.POSITIVE_INFINITY;
    const run = new RunRecord(this.parts.nextRun(), session, after);
    this.runs.push(run);
    this.check(!again && this.runs.length <= most, 'at-most-once', () => `ran ${this.runs.length} times`);
    this.check(
      session.client === this.client.number,
      'right-answer',
      () => `ran for client ${session.client}`,
    );
    const sameName = session.names === this.before.names;
    this.check(sameName, 'identity-is-kept', () => 'was asked in one name and ran in another');
    const cursor = this.parts.cursors.of(this.n);
    // What was sent in a session that its client has lost may still arrive there.
    const current = session === this.client.current;
    this.check(
      !current || after === cursor,
      'cursor-is-true',
      () => `continues after ${after}, and had got ${cursor}`,
    );
    this.#checkNotRun();
    return run;
  }

  answered(data: unknown): void {
    this.settle('answer');
    const { n, run, pad } = data as Answer;
    const { task, type, idempotent } = this.asking;
    const own = this.runs.some((it) => it.number === run);
    this.check(
      n === this.n && own && pad.length === task.size,
      'right-answer',
      () => `got the answer to ${n}`,
    );
    this.check(task.ends === 'answers', 'right-answer', () => 'answered, and should have failed');
    if (type === 'mutation' && !idempotent) {
      this.check(this.runs.length === 1, 'exactly-once', () => `answered and ran ${this.runs.length} times`);
    }
  }

  /** The server's answer is an error. */
  failed(shape: unknown): void {
    this.settle('error');
    this.#faults.answered(shape);
  }

  faulted(fault: HawserError): void {
    this.settle(fault.outcome);
    this.check(this.left || fault.outcome === 'not-run', 'outcome-is-known', () => 'is in no frame');
    this.#faults.told(fault);
    this.#checkNotRun();
  }

  ended(): void {
    this.settle('end');
  }

  settle(settlement: Settlement): void {
    const { settlement: before } = this;
    this.check(before === undefined, 'settles-once', () => `settled as ${before}, then as ${settlement}`);
    this.check(this.surrender !== 'leave', 'settles-once', () => `told of its end after it was left`);
    this.settlement ??= settlement;
    this.#faults.checkDeadline();
  }

  /** Something is told of the call that is not its end. */
  checkOpen(what: string): void {
    this.check(this.settlement === undefined, 'settles-once', () => `told of ${what} after it was settled`);
  }

  /** The signal of one of its runs fired. */
  fired(run: RunRecord): void {
    run.fired = true;
    const { surrender, settlement } = this;
    const stopped = run.toldGap && !this.asking.survivesGaps;
    const given = stopped || surrender !== undefined || settlement === 'unknown' || settlement === 'not-run';
    this.check(
      given || this.#faults.deadlinePassed() || this.parts.losses.mayHaveEnded(run.session),
      'signal-is-true',
      () => `the signal of run ${run.number} fired without a cause`,
    );
  }

  check(
    holds: boolean,
    invariant: Parameters<JudgeParts['verdicts']['check']>[1],
    detail: () => string,
  ): void {
    this.parts.verdicts.check(holds, invariant, () => `${this.name} ${detail()}`);
  }

  #checkNotRun(): void {
    this.check(
      this.settlement !== 'not-run' || this.runs.length === 0,
      'outcome-is-true',
      () => `was said not to have run, and ran`,
    );
  }
}
