import type { CallSink, Found, HawserError, OutgoingCall } from '@hawser/core';
import { IncomingStream } from '@hawser/core';
import { StrandReader } from '../ends/strand-reader.ts';
import { decoded } from '../ends/values.ts';
import type { Machine } from '../loop/machine.ts';
import type { AskedCall } from '../model/asked-call.ts';
import { StrandReading } from '../model/strand-reading.ts';
import type { Answer } from './task.ts';

/** A query or a mutation, for a caller who tells the model what it is told, and reads the streams of the answer. */
export class UnaryAsk implements CallSink {
  readonly #asked: AskedCall;
  readonly #machine: Machine;
  readonly #abort = new AbortController();
  #readers: readonly StrandReader[] = [];
  #hurries = false;

  constructor(
    asked: AskedCall,
    machine: Machine,
    make: (sink: CallSink, signal: AbortSignal) => OutgoingCall,
  ) {
    this.#asked = asked;
    this.#machine = machine;
    make(this, this.#abort.signal);
  }

  get settled(): boolean {
    return this.#asked.settlement !== undefined;
  }

  /** Nothing more of it is to come. */
  get over(): boolean {
    return this.settled && !this.#readers.some(({ open }) => open);
  }

  /** Its handler waits for the signal, or something in it has no end. */
  get endless(): boolean {
    const { ends, inputs = [], outputs = [] } = this.#asked.asking.task;
    return ends === 'waits' || [...inputs, ...outputs].some(({ count }) => count === undefined);
  }

  abort(): void {
    if (this.over) return;
    this.#asked.surrender = 'abort';
    this.#abort.abort();
    this.#asked.check(this.settled, 'settles-at-all', () => 'was aborted and is not settled');
  }

  /** Wants no more of the streams of its answer. */
  leave(): void {
    for (const reader of this.#readers) reader.leave();
  }

  /** Is not going to wait for an end that does not come; `gently` by what is left to it. */
  giveUp(gently: boolean): void {
    if (gently && this.settled) this.leave();
    else this.abort();
  }

  /** Reads as fast as it can from now on. */
  hurry(): void {
    this.#hurries = true;
    for (const reader of this.#readers) reader.hurry();
  }

  result(data: unknown, found: readonly Found[]): void {
    const answer = decoded(data, found) as Answer;
    const run = this.#asked.answered(answer);
    this.#readers = (run?.outputs ?? []).map((record, index) => {
      const stream = answer.strands?.[index];
      if (!(stream instanceof IncomingStream)) throw new TypeError('There is no stream in the answer');
      const reading = new StrandReading(record, this.#machine, undefined);
      return new StrandReader(stream, record, reading, this.#machine);
    });
    if (this.#hurries) this.hurry();
    for (const reader of this.#readers) void reader.run();
    if (this.#hurries && this.endless) this.#machine.later(1000, () => this.leave());
  }

  error(shape: unknown): void {
    this.#asked.failed(shape);
  }

  fault(fault: HawserError): void {
    this.#asked.faulted(fault);
  }

  end(): void {
    this.#asked.check(false, 'right-answer', () => 'ended like a stream');
  }

  restart(): 'stop' {
    return 'stop';
  }

  restarted(): void {}
  started(): void {}
  item(): void {}
  position(): void {}
  gap(): void {}
}
