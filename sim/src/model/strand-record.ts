import type { Machine } from '../loop/machine.ts';
import type { StrandTask } from '../workload/task.ts';
import type { AskedCall } from './asked-call.ts';
import type { RunRecord } from './run-record.ts';
import type { StrandReading } from './strand-reading.ts';

/** How a source came to its end. */
export type StrandEnd = 'ended' | 'failed' | 'returned';

/** A stream inside a value, as its source knows it: of an input, or of the result of a run. */
export class StrandRecord {
  readonly call: AskedCall;
  readonly run: RunRecord | undefined;
  readonly index: number;
  readonly task: StrandTask;
  /** Where its source is. */
  readonly machine: Machine;
  /** Items that were given, and those of them that a reader took. */
  produced = 0;
  consumed = 0;
  pulled = false;
  /** Of whoever reads it, last. */
  reading: StrandReading | undefined;
  end: StrandEnd | undefined;
  /** Its source has nothing more to do. */
  over = false;
  readonly #lengths: number[] = [];
  #unconsumedLength = 0;
  #endedAt: number | undefined;

  constructor(
    { call, run, index }: { call: AskedCall; run: RunRecord | undefined; index: number },
    task: StrandTask,
    machine: Machine,
  ) {
    this.call = call;
    this.run = run;
    this.index = index;
    this.task = task;
    this.machine = machine;
    call.strands.push(this);
  }

  get name(): string {
    return this.run ? `stream ${this.index} of run ${this.run.number}` : `input stream ${this.index}`;
  }

  /** Whether its source is not what it was. */
  get used(): boolean {
    return this.pulled || this.end !== undefined;
  }

  /** Its source is asked for the next item. */
  asked(): void {
    this.call.check(
      this.end === undefined,
      'source-is-returned',
      () => `${this.name} is asked after its end`,
    );
    if (this.pulled) return;
    this.pulled = true;
    const left = this.run ? this.run.answerLeft : this.call.leftOn === this.call.caller.current;
    this.call.check(left, 'strand-start', () => `${this.name} is pulled, and what holds it has not left`);
  }

  /** An item is given: that may not be further ahead than the reader has allowed at any time. */
  gives(length: number): void {
    const { announced, constants } = this.call.parts.plan;
    const items = Math.max(announced.streamItems, constants.firstItems);
    const bytes = Math.max(announced.streamBytes, constants.firstBytes);
    const ahead = this.produced - this.consumed;
    this.call.check(
      ahead < items && this.#unconsumedLength < bytes,
      'stream-window',
      () => `${this.name} is pulled ${ahead} items and ${this.#unconsumedLength} bytes ahead`,
    );
    this.produced++;
    this.#lengths.push(length);
    this.#unconsumedLength += length;
  }

  taken(): void {
    this.consumed++;
    this.#unconsumedLength -= this.#lengths.shift() ?? 0;
  }

  /** It came to an end, or is given up. */
  ends(end: StrandEnd): void {
    const before = this.end;
    // Whoever returns it in the moment in which it ends cannot know.
    if (before !== undefined && end === 'returned' && this.#endedAt === this.call.parts.now()) return;
    this.end = end;
    this.#endedAt = this.call.parts.now();
    this.call.check(
      before === undefined,
      'source-is-returned',
      () => `${this.name} has ${end}, and had ${before}`,
    );
  }
}
