import type { LineEnd } from '../network/line-end.ts';
import type { Verdicts } from './verdicts.ts';

export interface AckBounds {
  readonly frames: number;
  readonly bytes: number;
}

/** How soon an ack leaves that is due for the number of frames. */
const promptMs = 300;

/** How soon one leaves that is due for the time: a second, and the period of the sweep that looks after it. */
const patientMs = 2_500;

/** Whether one end, if it has to acknowledge at all, does so for what it hears in time. */
export class AckWatch {
  readonly #end: LineEnd;
  readonly #verdicts: Verdicts;
  readonly #bounds: AckBounds | 'none';
  #frames = 0;
  #bytes = 0;
  #since: number | undefined;
  #dueSince: number | undefined;

  constructor(end: LineEnd, verdicts: Verdicts, bounds: AckBounds | 'none') {
    this.#end = end;
    this.#verdicts = verdicts;
    this.#bounds = bounds;
  }

  heard(length: number): void {
    if (this.#bounds === 'none') return;
    this.look();
    this.#frames++;
    this.#bytes += length;
    const now = this.#end.machine.now();
    this.#since ??= now;
    if (this.#frames >= this.#bounds.frames || this.#bytes >= this.#bounds.bytes) this.#dueSince ??= now;
  }

  /** The end said how much it has. */
  acknowledged(): void {
    this.look();
    this.#frames = this.#bytes = 0;
    this.#since = this.#dueSince = undefined;
  }

  look(): void {
    if (this.#since === undefined || this.#end.state !== 'open') return;
    const { machine } = this.#end;
    const now = machine.now();
    const prompt = this.#dueSince === undefined ? Number.POSITIVE_INFINITY : this.#dueSince + promptMs;
    const due = Math.max(Math.min(prompt, this.#since + patientMs), machine.wokeAt + patientMs);
    this.#verdicts.check(
      now <= due,
      'ack-in-time',
      () =>
        `${this.#end.name}: ${this.#frames} frames of ${this.#bytes} wait since ${now - (this.#since ?? 0)} ms`,
    );
  }
}
