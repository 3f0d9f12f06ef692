import { socketBufferBytes } from '@hawser/core';
import { soon } from '../loop/event-loop.ts';
import type { LineEnd } from '../network/line-end.ts';
import type { Plan } from '../plan.ts';
import { usualCalls } from '../plan.ts';
import type { Task } from '../workload/task.ts';
import type { RunRecord } from './run-record.ts';
import type { SessionStory } from './session-story.ts';
import type { Verdicts } from './verdicts.ts';

/** What an answer has beside its padding and its bytes, at most. */
const rows = 400;

/** By then, in microtasks, a flush has come. */
const hops = 20;

/** Answers that handlers have given and that are in no frame yet. */
export class Answers {
  readonly #plan: Plan;
  readonly #verdicts: Verdicts;
  readonly #waiting = new Map<SessionStory, Map<number, RunRecord>>();

  constructor(plan: Plan, verdicts: Verdicts) {
    this.#plan = plan;
    this.#verdicts = verdicts;
  }

  given(run: RunRecord, { size, answerBlobs = [], outputs }: Task): void {
    // Of too many streams an error becomes.
    if (outputs && this.#plan.announced.calls < usualCalls) return;
    // One in parts waits for others, and for the streams' share of the window.
    const length = answerBlobs.reduce((sum, it) => sum + it, size + rows);
    if (length > this.#plan.tuned.wholeLength) return;
    const waiting = this.#waiting.get(run.session) ?? new Map<number, RunRecord>();
    this.#waiting.set(run.session, waiting.set(run.number, run));
  }

  /** The answer of a run is in a frame. */
  left(session: SessionStory, run: number): void {
    this.#waiting.get(session)?.delete(run);
  }

  /** A server is told that its socket takes more: answers that wait leave, unless the window is full. */
  drained(end: LineEnd, session: SessionStory): void {
    const waiting = [...(this.#waiting.get(session)?.values() ?? [])];
    if (waiting.length > 0) later(hops, () => this.#check(end, session, waiting));
  }

  #check(end: LineEnd, session: SessionStory, before: readonly RunRecord[]): void {
    const idle = end.state === 'open' && end.buffered < socketBufferBytes && !session.down.full;
    if (!idle || session.attached !== end.line) return;
    const waiting = this.#waiting.get(session);
    const left = before.find((run) => waiting?.has(run.number) && !run.fired);
    this.#verdicts.check(
      left === undefined,
      'answer-leaves',
      () => `the answer of run ${left?.number} waits, and ${end.name} has room`,
    );
  }
}

function later(microtasks: number, callback: () => void): void {
  if (microtasks === 0) callback();
  else soon(() => later(microtasks - 1, callback));
}
