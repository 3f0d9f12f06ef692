import type { CallType, HawserError } from '@hawser/core';
import type { Machine } from '../loop/machine.ts';
import { isContent } from '../workload/content.ts';
import type { Answer, Input, Task } from '../workload/task.ts';
import type { Caller } from './caller.ts';
import { FaultJudge } from './fault-judge.ts';
import type { FeedRecord } from './feed-record.ts';
import type { JudgeParts } from './judge-parts.ts';
import { RunRecord } from './run-record.ts';
import type { SessionStory } from './session-story.ts';
import type { StrandReading } from './strand-reading.ts';
import { StrandRecord } from './strand-record.ts';

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

/** What the bytes of an input are made from, by the number of the call, or of an answer, by that of the run, negative. */
export function blobSeed(number: number, index: number): number {
  return number * 17 + index;
}

/** What became of a call, for its caller. */
export type Settlement = 'answer' | 'error' | 'end' | 'not-run' | 'unknown';

/** Nobody wants any more of the streams of its answer. */
function isUnread({ outputs }: RunRecord): boolean {
  const left = outputs.filter(({ reading }) => reading?.end === 'left');
  return left.length > 0 && outputs.every((strand) => strand.end !== undefined || left.includes(strand));
}

/** One call: what was asked, what ran, what was told. */
export class AskedCall {
  readonly asking: Asking;
  readonly caller: Caller;
  readonly clock: Machine;
  readonly askedAt: number;
  /** Likewise, in the world's time. */
  readonly worldAskedAt: number;
  readonly runs: RunRecord[] = [];
  readonly parts: JudgeParts;
  /** The streams of its input, and whoever reads those, or the streams of its answers. */
  readonly inputs: readonly StrandRecord[];
  readonly readings: StrandReading[] = [];
  /** All streams of its input and of the answers to it. */
  readonly strands: StrandRecord[] = [];
  /** The session on which it was in a frame last, if it ever was. */
  leftOn: SessionStory | undefined;
  /** What its caller is told of a channel, if that is what it asks for. */
  feed: FeedRecord | undefined;
  surrender: Surrender | undefined;
  settlement: Settlement | undefined;
  readonly #faults: FaultJudge;

  constructor(asking: Asking, caller: Caller, clock: Machine, parts: JudgeParts) {
    this.asking = asking;
    this.caller = caller;
    this.clock = clock;
    this.askedAt = clock.now();
    this.worldAskedAt = parts.now();
    this.parts = parts;
    this.inputs = (asking.task.inputs ?? []).map(
      (task, index) => new StrandRecord({ call: this, run: undefined, index }, task, clock),
    );
    this.#faults = new FaultJudge(this);
  }

  get n(): number {
    return this.asking.task.n;
  }

  get name(): string {
    return `${this.asking.type} ${this.n}`;
  }

  /** Whether it was ever in a frame. */
  get left(): boolean {
    return this.leftOn !== undefined;
  }

  /** Whether the callee may be told that nobody waits for it any more. */
  get mayBeStopped(): boolean {
    const { surrender, settlement } = this;
    const given = surrender !== undefined || settlement === 'unknown' || settlement === 'not-run';
    return given || this.#faults.deadlinePassed();
  }

  /** Its message is in a frame, for the first time on a session. */
  leaves(session: SessionStory): void {
    this.leftOn = session;
    const used = this.inputs.some((it) => it.used);
    this.check(!used, 'at-most-once', () => 'is made again, and its input was read or returned');
  }

  /** Its handler is called. */
  ran(session: SessionStory, after: string | undefined): RunRecord {
    const { type, idempotent } = this.asking;
    const again = this.runs.some((run) => run.session === session);
    const once = this.caller.outlives === 0 || (type === 'mutation' && !idempotent);
    const most = once ? 1 : type === 'query' ? 2 : Number.POSITIVE_INFINITY;
    const run = new RunRecord(this.parts.nextRun(), session, after);
    this.runs.push(run);
    this.check(!again && this.runs.length <= most, 'at-most-once', () => `ran ${this.runs.length} times`);
    this.check(
      session.client === this.caller.client,
      'right-answer',
      () => `ran for client ${session.client}`,
    );
    this.check(
      this.caller.mayRunOn(session),
      'identity-is-kept',
      () => 'was asked in one name and ran in another',
    );
    const cursor = this.parts.cursors.of(this.n);
    // What was sent in a session that its client has lost may still arrive there.
    const current = session === this.caller.current;
    this.check(
      !current || after === cursor,
      'cursor-is-true',
      () => `continues after ${after}, and had got ${cursor}`,
    );
    this.#checkNotRun();
    return run;
  }

  /** Answers the run that the answer is of. */
  answered(data: unknown): RunRecord | undefined {
    this.settle('answer');
    const { n, run, pad, blobs = [] } = data as Answer;
    const { task, type, idempotent } = this.asking;
    const own = this.runs.find((it) => it.number === run);
    this.check(
      n === this.n && own !== undefined && pad.length === task.size,
      'right-answer',
      () => `got the answer to ${n}`,
    );
    this.#checkBlobs('its answer', -run, blobs, task.answerBlobs ?? []);
    this.check(task.ends === 'answers', 'right-answer', () => 'answered, and should have failed');
    if (type === 'mutation' && !idempotent) {
      this.check(this.runs.length === 1, 'exactly-once', () => `answered and ran ${this.runs.length} times`);
    }
    return own;
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

  /** What its handler got as its input. */
  reads({ ms, pad, blobs = [] }: Input): void {
    const { task } = this.asking;
    this.check(task.ms === ms && task.pad === pad, 'right-answer', () => 'ran with another input');
    this.#checkBlobs('its input', this.n, blobs, task.blobs ?? []);
  }

  /** A reader of its answer is told this instead of more. */
  strandFaulted(fault: HawserError): void {
    this.#faults.toldOfStrand(fault);
  }

  /** Something is told of the call that is not its end. */
  checkOpen(what: string): void {
    this.check(this.settlement === undefined, 'settles-once', () => `told of ${what} after it was settled`);
  }

  /** The signal of one of its runs fired. */
  fired(run: RunRecord): void {
    run.fired = true;
    run.feed?.stops();
    const stopped = (run.toldGap || run.feed?.missed === true) && !this.asking.survivesGaps;
    this.check(
      stopped || isUnread(run) || this.mayBeStopped || this.caller.mayHaveEnded(run.session),
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

  #checkBlobs(of: string, seed: number, blobs: readonly unknown[], lengths: readonly number[]): void {
    const whole = lengths.every((length, index) => isContent(blobs[index], blobSeed(seed, index), length));
    this.check(whole && blobs.length === lengths.length, 'bytes-arrive', () => `got other bytes in ${of}`);
  }

  #checkNotRun(): void {
    this.check(
      this.settlement !== 'not-run' || this.runs.length === 0,
      'outcome-is-true',
      () => `was said not to have run, and ran`,
    );
  }
}
