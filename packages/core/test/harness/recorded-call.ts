import type { Caller } from '../../src/rpc/connection.ts';
import type { HawserError } from '../../src/rpc/hawser-error.ts';
import type { CallSink, OutgoingCall } from '../../src/rpc/outgoing-call.ts';
import type { CallType } from '../../src/wire/message.ts';

export interface CallOptions {
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  readonly idempotent?: boolean;
}

/** What was told of a call, in order. */
export type Told =
  | readonly ['result', unknown]
  | readonly ['error', unknown]
  | readonly ['fault', code: string, outcome: string, reason: string | undefined, shape: unknown]
  | readonly ['started']
  | readonly ['item', unknown, string | undefined]
  | readonly ['gap', string, number | undefined]
  | readonly ['end'];

/** A call whose every word is kept. */
export class RecordedCall implements CallSink {
  readonly told: Told[] = [];
  readonly call: OutgoingCall;
  /** Run at each word, after it was kept. */
  onTold: ((told: Told) => void) | undefined;

  constructor(caller: Caller, type: CallType, path: string, input?: unknown, options: CallOptions = {}) {
    const { signal, timeoutMs, idempotent = false } = options;
    this.call = caller.call({ type, path, json: JSON.stringify(input), signal, timeoutMs, idempotent }, this);
  }

  /** Whether the caller was told the outcome. */
  get over(): boolean {
    return this.told.some(([kind]) => kind !== 'started' && kind !== 'item' && kind !== 'gap');
  }

  result(data: unknown): void {
    this.#keep(['result', data]);
  }

  error(shape: unknown): void {
    this.#keep(['error', shape]);
  }

  fault(fault: HawserError, shape?: unknown): void {
    this.#keep(['fault', fault.code, fault.outcome, fault.reason, shape]);
  }

  started(): void {
    this.#keep(['started']);
  }

  item(data: unknown, event: string | undefined): void {
    this.#keep(['item', data, event]);
  }

  position(): void {}

  gap(reason: string, count: number | undefined): void {
    this.#keep(['gap', reason, count]);
  }

  end(): void {
    this.#keep(['end']);
  }

  restarted(): void {}

  restart(): 'stop' {
    return 'stop';
  }

  #keep(told: Told): void {
    this.told.push(told);
    this.onTold?.(told);
  }
}

/** What a faulted call is told. */
export function fault(code: string, outcome: 'not-run' | 'unknown', reason?: string, shape?: unknown): Told {
  return ['fault', code, outcome, reason, shape];
}
