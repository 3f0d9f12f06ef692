import type { IncomingStream } from '@hawser/core';
import type { Machine } from '../loop/machine.ts';
import type { StrandReading } from '../model/strand-reading.ts';
import { ToldFailure } from '../model/strand-reading.ts';
import type { StrandRecord } from '../model/strand-record.ts';
import type { StrandItem } from '../workload/task.ts';
import { pause } from './pause.ts';
import { decoded } from './values.ts';

/** Whoever reads a stream inside a value. */
export class StrandReader {
  readonly #stream: IncomingStream;
  readonly #record: StrandRecord;
  readonly #reading: StrandReading;
  readonly #machine: Machine;
  #readMs: number;
  #taken = 0;

  constructor(stream: IncomingStream, record: StrandRecord, reading: StrandReading, machine: Machine) {
    this.#stream = stream;
    this.#record = record;
    this.#reading = reading;
    this.#machine = machine;
    this.#readMs = record.task.readMs;
    stream.read({
      item: (data, found) => decoded(data, found),
      error: (shape) => new ToldFailure(shape),
      fault: (cause) => cause,
    });
  }

  get open(): boolean {
    return this.#reading.open;
  }

  /** Its source never ends by itself. */
  get endless(): boolean {
    return this.#record.task.count === undefined;
  }

  /** Reads as much as it is told to. Never rejects. */
  async run(): Promise<void> {
    const { reads = Number.POSITIVE_INFINITY } = this.#record.task;
    while (this.#taken < reads) if (!(await this.step())) return;
    this.leave();
  }

  /** Reads one item; answers whether there was one. */
  async step(): Promise<boolean> {
    if (this.#readMs > 0) await pause(this.#machine, this.#readMs);
    try {
      const { done, value } = await this.#stream.next();
      if (this.#reading.end === 'left') {
        // It was asked for before.
        if (!done) this.#record.taken();
        return false;
      }
      if (done) this.#reading.ended();
      else this.#reading.took(value as StrandItem);
      if (!done) this.#taken++;
      return !done;
    } catch (error) {
      if (this.#reading.end === undefined) this.#reading.failed(error);
      return false;
    }
  }

  /** Wants no more, and says so. */
  leave(): void {
    if (this.#reading.end !== undefined) return;
    this.#reading.left();
    void this.#stream.return();
  }

  /** Wants no more, and says nothing. */
  forget(): void {
    if (this.#reading.end === undefined) this.#reading.left();
  }

  /** Reads as fast as it can from now on. */
  hurry(): void {
    this.#readMs = 0;
  }
}
