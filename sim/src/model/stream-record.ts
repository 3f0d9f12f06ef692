import type { StreamEnd, StreamEntry } from '@hawser/core';
import { isContent } from '../workload/content.ts';
import type { Item } from '../workload/task.ts';
import { isSilent, itemBytes, itemSeed } from '../workload/task.ts';
import type { AskedCall } from './asked-call.ts';
import type { RunRecord } from './run-record.ts';

/** What a consumer was told of a stream, and whether that can be true. */
export class StreamRecord {
  readonly #call: AskedCall;
  #run: RunRecord | undefined;
  #seq = -1;
  /** The last place in a tracked stream that was told. */
  #index: number;
  /** A gap was told, and no item since. */
  #gap = false;
  /** A gap was told, and no event since: the next may be any. */
  #adrift = false;
  #anything = false;
  #gaps = 0;

  constructor(call: AskedCall) {
    this.#call = call;
    this.#index = (call.asking.task.stream?.from ?? 0) - 1;
  }

  /** The consumer took this. */
  told(entry: StreamEntry): void {
    switch (entry.kind) {
      case 'started':
        this.#call.checkOpen('its start');
        this.#anything = true;
        return;
      case 'item':
        this.#call.checkOpen('an item');
        return this.#item(entry.data as Item);
      case 'gap':
        this.#call.checkOpen('a gap');
        return this.#toldGap(entry.reason);
      case 'over':
        return this.#over(entry.end);
      default:
        entry satisfies never;
    }
  }

  /** The consumer is done with an item. */
  consumed(entry: StreamEntry): void {
    if (entry.kind !== 'item') return;
    const run = this.#runOf(entry.data as Item);
    if (!run) return;
    run.consumed++;
    run.unconsumedLength -= run.lengths.shift() ?? 0;
  }

  #runOf({ run }: Item): RunRecord | undefined {
    return this.#call.runs.find((it) => it.number === run);
  }

  #item(item: Item): void {
    const run = this.#runOf(item);
    const { task } = this.#call.asking;
    this.#call.check(
      run !== undefined && item.n === task.n && item.pad.length === task.size,
      'right-answer',
      () => `got an item of ${item.n}, run ${item.run}`,
    );
    const { bytes } = task.stream ?? { bytes: 0 };
    const whole = bytes === 0 || isContent(item.blob, itemSeed(item), itemBytes(bytes, item.seq));
    this.#call.check(whole, 'bytes-arrive', () => `got other bytes with item ${item.seq}`);
    if (run !== this.#run) this.#changeRun(item, run);
    this.#order(item.seq === this.#seq + 1, item);
    this.#seq = item.seq;
    if (item.index >= 0) this.#place(item);
    this.#anything = true;
    this.#gap = false;
  }

  #changeRun(item: Item, run: RunRecord | undefined): void {
    const known = this.#run;
    this.#order(known === undefined || (run?.number ?? 0) > known.number, item);
    const plain = this.#call.asking.task.stream?.kind === 'plain';
    if (plain && this.#anything && known) this.#order(this.#gap, item);
    if (this.#gap && run) this.#checkGap(known, run);
    this.#run = run;
    this.#seq = -1;
  }

  /** A gap was told between two runs: one after the first of them, up to the second, had nothing to continue from. */
  #checkGap(before: RunRecord | undefined, now: RunRecord): void {
    const first = this.#call.runs[0];
    const from = before?.number ?? first?.number ?? 0;
    const needed = this.#call.runs.some(
      ({ number, after, toldGap }) =>
        toldGap || (number > from && number <= now.number && after === undefined),
    );
    this.#call.check(
      needed || now === first,
      'gap-is-true',
      () => 'was told of a gap, and its cursor was known',
    );
  }

  #place(item: Item): void {
    const { stream } = this.#call.asking.task;
    let expected = this.#index + 1;
    while (stream && isSilent(stream, expected)) expected++;
    this.#order(item.index === expected || this.#adrift, item);
    this.#adrift = false;
    this.#index = item.index;
  }

  #order(holds: boolean, { run, seq, index }: Item): void {
    const at = `run ${this.#run?.number}, item ${this.#seq}, index ${this.#index}`;
    this.#call.check(
      holds,
      'stream-order',
      () => `got run ${run}, item ${seq}, index ${index} after ${at}${this.#gap ? ' and a gap' : ''}`,
    );
  }

  #toldGap(reason: string): void {
    const { caller, asking, runs } = this.#call;
    const causes = caller.losses + runs.filter((run) => run.toldGap).length;
    const caused = ++this.#gaps <= causes && asking.survivesGaps;
    this.#call.check(caused, 'gap-is-true', () => `was told of a gap: ${reason}`);
    this.#gap = this.#adrift = true;
    this.#anything = true;
  }

  #over(end: StreamEnd): void {
    if (end.kind === 'fault') {
      this.#call.faulted(end.fault);
      if (end.fault.code === 'gap') this.#checkGapFault();
      return;
    }
    if (end.kind === 'error') this.#call.failed(end.shape);
    else this.#call.ended();
    const expected = end.kind === 'error' ? 'failed' : 'ended';
    const whole = this.#call.runs.some(
      (run) => run.streamEnd === expected && run.produced === (run === this.#run ? this.#seq + 1 : 0),
    );
    this.#call.check(
      whole || this.#call.asking.timeoutMs !== undefined,
      'stream-order',
      () => `${end.kind} after item ${this.#seq} of run ${this.#run?.number}, and more was to come`,
    );
  }

  #checkGapFault(): void {
    const { caller, runs, parts, n } = this.#call;
    const bySession = caller.losses > 0 && parts.cursors.of(n) === undefined;
    this.#call.check(bySession || runs.some((run) => run.toldGap), 'gap-is-true', () => 'ended for a gap');
  }
}
