import { socketBufferBytes } from '@hawser/core';
import { soon } from '../loop/event-loop.ts';
import type { LineEnd } from '../network/line-end.ts';
import type { RunRecord } from './run-record.ts';
import type { SessionStory } from './session-story.ts';
import type { Verdicts } from './verdicts.ts';

const runs = /"run":(\d+),"pad"/g;

/** By then, in microtasks, a flush has come. */
const hops = 20;

/** Answers that handlers have given and that are in no frame yet. */
export class Answers {
  readonly #verdicts: Verdicts;
  readonly #waiting = new Map<SessionStory, Map<number, RunRecord>>();

  constructor(verdicts: Verdicts) {
    this.#verdicts = verdicts;
  }

  given(run: RunRecord): void {
    const waiting = this.#waiting.get(run.session) ?? new Map<number, RunRecord>();
    this.#waiting.set(run.session, waiting.set(run.number, run));
  }

  /** Reads a frame that a server sends for the first time. */
  read(session: SessionStory, body: string): void {
    const waiting = this.#waiting.get(session);
    if (!waiting || waiting.size === 0) return;
    for (const [, run] of body.matchAll(runs)) waiting.delete(Number(run));
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
