import type { AskedCall } from './asked-call.ts';
import type { StrandRecord } from './strand-record.ts';
import type { WireMessage } from './wire-frame.ts';

const result = 4;

/** Which record a message on the wire belongs to: inputs and answers of the simulation say their numbers. */
export class WireRecords {
  readonly #calls: readonly AskedCall[];

  constructor(calls: readonly AskedCall[]) {
    this.#calls = calls;
  }

  /** The number of the call that a message makes. */
  callIn([kind, , , input]: WireMessage): number | undefined {
    return kind < result ? (input as { readonly n: number }).n : undefined;
  }

  /** The number of the run that a message answers. It is in a frame now. */
  answerIn([kind, , data]: WireMessage): number | undefined {
    if (kind !== result) return undefined;
    const { n, run } = data as { readonly n: number; readonly run: number };
    for (const it of this.#calls[n - 1]?.runs ?? []) if (it.number === run) it.answerLeft = true;
    return run;
  }

  strandsOf(message: WireMessage): readonly StrandRecord[] {
    const n = this.callIn(message);
    if (n !== undefined) return this.#calls[n - 1]?.inputs ?? [];
    const { n: of, run } = message[2] as { readonly n: number; readonly run: number };
    return this.#calls[of - 1]?.runs.find(({ number }) => number === run)?.outputs ?? [];
  }
}
