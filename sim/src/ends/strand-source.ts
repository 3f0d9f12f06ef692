import type { StrandRecord } from '../model/strand-record.ts';
import { content } from '../workload/content.ts';
import { padding } from '../workload/padding.ts';
import type { StrandItem } from '../workload/task.ts';
import { itemBytes, strandSeed } from '../workload/task.ts';
import { pause } from './pause.ts';

const done: IteratorResult<StrandItem, undefined> = { done: true, value: undefined };

/** Something to wait for before an item is given. */
export interface Feed {
  /** Answers whether there will be one. */
  step(): Promise<boolean>;
  /** It is not needed any more. */
  forget(): void;
}

/** The source of a stream inside a value. */
export class StrandSource
  implements AsyncIterable<StrandItem>, AsyncIterator<StrandItem, undefined, undefined>
{
  readonly #record: StrandRecord;
  readonly #feed: Feed | undefined;
  #last: number;
  #pulling = false;

  /** With a feed it is as fast as that, and ends with it. */
  constructor(record: StrandRecord, feed?: Feed) {
    this.#record = record;
    this.#feed = feed;
    this.#last = record.task.count ?? Number.POSITIVE_INFINITY;
  }

  get endless(): boolean {
    return this.#record.end === undefined && this.#last === Number.POSITIVE_INFINITY;
  }

  /** Comes to its end before the next item. */
  finish(): void {
    this.#last = Math.min(this.#last, this.#record.produced);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<StrandItem, undefined>> {
    const record = this.#record;
    record.asked();
    record.call.check(!this.#pulling, 'source-is-returned', () => `${record.name} is asked twice at a time`);
    this.#pulling = true;
    if (record.task.ms > 0) await pause(record.machine, record.task.ms);
    const fed = this.#feed === undefined || record.produced >= this.#last || (await this.#feed.step());
    if (!fed) this.finish();
    this.#pulling = false;
    if (record.end !== undefined) return done;
    return record.produced >= this.#last ? this.#finished() : { done: false, value: this.#item() };
  }

  async return(): Promise<IteratorResult<StrandItem, undefined>> {
    const { task, machine } = this.#record;
    this.#record.ends('returned');
    this.#feed?.forget();
    if (task.returnMs > 0) await pause(machine, task.returnMs);
    this.#record.over = true;
    return done;
  }

  #finished(): IteratorResult<StrandItem, undefined> {
    const { task, call, index } = this.#record;
    this.#record.ends(task.fails ? 'failed' : 'ended');
    this.#record.over = true;
    this.#feed?.forget();
    if (task.fails) throw new Error(`failure of ${call.n}.${index}`);
    return done;
  }

  #item(): StrandItem {
    const { call, run, index, produced, task } = this.#record;
    const bytes = itemBytes(task.bytes, produced);
    this.#record.gives(task.size + bytes);
    const item = { n: call.n, run: run?.number ?? 0, index, seq: produced, pad: padding(task.size) };
    return task.bytes === 0 ? item : { ...item, blob: content(strandSeed(item), bytes) };
  }
}
