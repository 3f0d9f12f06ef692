import type { AskedCall } from './asked-call.ts';
import type { SessionStory } from './session-story.ts';
import type { Verdicts } from './verdicts.ts';

const calls = /\{"n":(\d+),"ms"/g;

/** Which calls have left in a frame, and in which order. */
export class Departures {
  readonly #verdicts: Verdicts;
  readonly #calls: readonly AskedCall[];
  /** The last call that left on each session. */
  readonly #last = new Map<SessionStory, number>();

  constructor(verdicts: Verdicts, asked: readonly AskedCall[]) {
    this.#verdicts = verdicts;
    this.#calls = asked;
  }

  /** Reads a frame that a client sends for the first time. */
  read(session: SessionStory, body: string): void {
    if (!body.includes('"ms"')) return;
    for (const [, digits] of body.matchAll(calls)) this.#left(session, Number(digits));
  }

  #left(session: SessionStory, n: number): void {
    const last = this.#last.get(session) ?? 0;
    this.#last.set(session, n);
    const call = this.#calls[n - 1];
    if (call) call.left = true;
    this.#verdicts.check(
      n > last,
      'call-order',
      () => `call ${n} leaves after call ${last} on ${session.name}`,
    );
  }
}
