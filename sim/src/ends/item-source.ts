import type { AskedCall } from '../model/asked-call.ts';
import { eventId, indexOf } from '../model/cursors.ts';
import type { RunRecord } from '../model/run-record.ts';
import { content } from '../workload/content.ts';
import { padding } from '../workload/padding.ts';
import type { Item, StreamTask } from '../workload/task.ts';
import { isSilent, itemBytes, itemSeed } from '../workload/task.ts';

/** What the generator of a stream gives: an item, perhaps with its event, or a position alone. */
export type Yielded =
  | { readonly item: Item; readonly event: string | undefined }
  | { readonly position: string };

/** Items that a handler which forgets leaves out when it continues. */
const forgotten = 3;

export interface SourceParts {
  readonly call: AskedCall;
  readonly run: RunRecord;
  readonly stream: StreamTask;
  readonly pause: (ms: number) => Promise<void>;
  /** Told once, when the generator has come to its end. */
  readonly over: () => void;
}

/** The generator of a stream. */
export class ItemSource implements AsyncIterator<Yielded, undefined, undefined> {
  readonly #parts: SourceParts;
  #index: number;
  #seq = 0;
  /** An untracked item is to follow the last event. */
  #aside = false;
  #over = false;

  constructor(parts: SourceParts) {
    this.#parts = parts;
    const { after } = parts.run;
    this.#index = after === undefined ? parts.stream.from : indexOf(after) + 1;
    if (parts.run.toldGap) this.#index += forgotten;
  }

  async next(): Promise<IteratorResult<Yielded, undefined>> {
    const { stream, pause } = this.#parts;
    if (stream.ms > 0) await pause(stream.ms);
    if (this.#over) return { done: true, value: undefined };
    if (!this.#aside && stream.count !== undefined && this.#index >= stream.count) return this.#finish();
    return { done: false, value: this.#give() };
  }

  async return(): Promise<IteratorResult<Yielded, undefined>> {
    const { stream, pause } = this.#parts;
    if (stream.returnMs > 0) await pause(stream.returnMs);
    this.#end();
    return { done: true, value: undefined };
  }

  #finish(): IteratorResult<Yielded, undefined> {
    const { run, call } = this.#parts;
    const fails = call.asking.task.ends === 'fails';
    run.streamEnd = fails ? 'failed' : 'ended';
    this.#end();
    if (fails) throw new Error(`failure of ${call.n}`);
    return { done: true, value: undefined };
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#parts.over();
  }

  #give(): Yielded {
    const { stream, call } = this.#parts;
    if (this.#aside || stream.kind === 'plain') {
      if (!this.#aside) this.#index++;
      this.#aside = false;
      return { item: this.#item(-1), event: undefined };
    }
    const index = this.#index++;
    if (isSilent(stream, index)) return { position: eventId(call.n, index) };
    this.#aside = stream.kind === 'mixed' && index % 2 === 0;
    return { item: this.#item(index), event: eventId(call.n, index) };
  }

  #item(index: number): Item {
    const { call, run, stream } = this.#parts;
    const { n, size } = call.asking.task;
    const item: Item = { n, run: run.number, seq: this.#seq++, index, pad: padding(size) };
    const bytes = itemBytes(stream.bytes, item.seq);
    this.#measure(size + bytes);
    return stream.bytes === 0 ? item : { ...item, blob: content(itemSeed(item), bytes) };
  }

  /** One item was pulled: that may not be further ahead than the consumer has allowed at any time. */
  #measure(size: number): void {
    const { call, run } = this.#parts;
    const { streamItems, streamBytes } = call.parts.plan.announced;
    const { firstItems, firstBytes } = call.parts.plan.constants;
    const items = Math.max(streamItems, firstItems);
    const bytes = Math.max(streamBytes, firstBytes);
    call.check(
      run.produced - run.consumed < items && run.unconsumedLength < bytes,
      'stream-window',
      () => `is pulled ${run.produced - run.consumed} items and ${run.unconsumedLength} bytes ahead`,
    );
    run.produced++;
    run.lengths.push(size);
    run.unconsumedLength += size;
  }
}
