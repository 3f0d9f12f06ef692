import { HawserError } from '@hawser/core';
import type { Machine } from '../loop/machine.ts';
import { isContent } from '../workload/content.ts';
import type { StrandItem } from '../workload/task.ts';
import { itemBytes, strandSeed } from '../workload/task.ts';
import type { RunRecord } from './run-record.ts';
import type { StrandRecord } from './strand-record.ts';

/** What the source of a stream told about its failure, and what the reader's own end found. */
export class ToldFailure extends Error {
  override readonly name = 'ToldFailure';
  readonly code: string | undefined;

  constructor(shape: unknown) {
    const { message, data } = shape as {
      readonly message: string;
      readonly data?: { readonly code?: string };
    };
    super(message);
    this.code = data?.code;
  }
}

/** How late a timer may be, and the turn that is given to what came in before it. */
const lateMs = 20;

/** What one reader of a stream inside a value is told, and whether that can be true. */
export class StrandReading {
  readonly #record: StrandRecord;
  readonly #machine: Machine;
  /** Of the handler that reads an input. */
  readonly #run: RunRecord | undefined;
  #taken = 0;
  end: 'ended' | 'failed' | 'left' | undefined;

  constructor(record: StrandRecord, machine: Machine, run: RunRecord | undefined) {
    this.#record = record;
    this.#machine = machine;
    this.#run = run;
    record.reading = this;
    record.call.readings.push(this);
  }

  get name(): string {
    return `the reader of ${this.#record.name} of ${this.#record.call.name}`;
  }

  /** Nobody told it yet that it is over, and its process runs. */
  get open(): boolean {
    return this.end === undefined && this.#machine.running;
  }

  took(item: StrandItem): void {
    const { call, run, index, task, produced } = this.#record;
    const { n } = call;
    const isOwn = item.n === n && item.index === index && item.run === (run?.number ?? 0);
    this.#check(isOwn && item.pad.length === task.size, 'right-answer', () => `got an item of ${item.n}`);
    this.#check(
      item.seq === this.#taken && item.seq < produced,
      'strand-order',
      () => `got item ${item.seq} after ${this.#taken} items`,
    );
    const seed = strandSeed(item);
    const whole = task.bytes === 0 || isContent(item.blob, seed, itemBytes(task.bytes, item.seq));
    this.#check(whole, 'bytes-arrive', () => `got other bytes with item ${item.seq}`);
    this.#check(this.end === undefined, 'settles-once', () => `got an item after it had ${this.end}`);
    // What has arrived before the deadline may be taken after it, if nothing more is to come.
    if (run && this.#record.end === undefined) this.#checkDeadline();
    this.#taken++;
    this.#record.taken();
  }

  /** It is told that this was all. */
  ended(): void {
    this.#over('ended');
    const { end, produced } = this.#record;
    this.#check(
      end === 'ended' && produced === this.#taken,
      'strand-is-whole',
      () => `took ${this.#taken} items and is told that this is all; the source has ${end} after ${produced}`,
    );
  }

  failed(error: unknown): void {
    this.#over('failed');
    const { end, produced, call, index } = this.#record;
    const own = error instanceof ToldFailure && error.message === `failure of ${call.n}.${index}`;
    if (own) {
      const whole = end === 'failed' && produced === this.#taken;
      this.#check(whole, 'strand-is-whole', () => `took ${this.#taken} of ${produced}, and is told: failed`);
    } else if (this.#run) this.#check(this.#mayStop(this.#run), 'no-rejection-without-cause', reason(error));
    else if (error instanceof HawserError) call.strandFaulted(error);
    else {
      const late = error instanceof ToldFailure && call.mayBeStopped;
      this.#check(late, 'no-rejection-without-cause', reason(error));
    }
  }

  /** It wants no more. */
  left(): void {
    this.#over('left');
  }

  /** An input may fail when its call is over, is given up, or has lost its session. */
  #mayStop({ over, fired }: RunRecord): boolean {
    return over || fired || this.#record.call.mayBeStopped;
  }

  #over(end: 'ended' | 'failed' | 'left'): void {
    this.#check(this.end === undefined, 'settles-once', () => `has ${end}, and had ${this.end}`);
    this.end = end;
  }

  #checkDeadline(): void {
    const { call } = this.#record;
    const deadline = call.askedAt + (call.asking.timeoutMs ?? Number.POSITIVE_INFINITY);
    this.#check(
      call.clock.now() <= Math.max(deadline, call.clock.wokeAt) + lateMs,
      'deadline-is-kept',
      () => 'gets items after the deadline of the call',
    );
  }

  #check(
    holds: boolean,
    invariant: Parameters<StrandRecord['call']['check']>[1],
    detail: () => string,
  ): void {
    this.#record.call.parts.verdicts.check(holds, invariant, () => `${this.name} ${detail()}`);
  }
}

function reason(error: unknown): () => string {
  return () => `failed: ${String(error)}`;
}
