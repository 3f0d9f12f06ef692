import type { CallSink, HawserError, OutgoingCall } from '@hawser/core';
import type { AskedCall } from '../model/asked-call.ts';

/** A query or a mutation, for a caller who tells the model what it is told. */
export class UnaryAsk implements CallSink {
  readonly #asked: AskedCall;
  readonly #abort = new AbortController();

  constructor(asked: AskedCall, make: (sink: CallSink, signal: AbortSignal) => OutgoingCall) {
    this.#asked = asked;
    make(this, this.#abort.signal);
  }

  get settled(): boolean {
    return this.#asked.settlement !== undefined;
  }

  /** Its handler waits for the signal. */
  get endless(): boolean {
    return this.#asked.asking.task.ends === 'waits';
  }

  abort(): void {
    if (this.settled) return;
    this.#asked.surrender = 'abort';
    this.#abort.abort();
    this.#asked.check(this.settled, 'settles-at-all', () => 'was aborted and is not settled');
  }

  result(data: unknown): void {
    this.#asked.answered(data);
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
