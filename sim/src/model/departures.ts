import type { AskedCall } from './asked-call.ts';
import type { Passage } from './passage.ts';
import type { SessionStory } from './session-story.ts';
import type { Verdicts } from './verdicts.ts';

/** Which calls have left in a frame, and in which order. */
export class Departures {
  readonly #verdicts: Verdicts;
  readonly #calls: readonly AskedCall[];
  /** The last call that left on each session, in each direction; and the last of those whose input has streams. */
  readonly #last = new Map<Passage, number>();
  readonly #lastStreaming = new Map<Passage, number>();

  constructor(verdicts: Verdicts, asked: readonly AskedCall[]) {
    this.#verdicts = verdicts;
    this.#calls = asked;
  }

  /**
   * A call is in a frame for the first time on a session. Others may overtake it while it leaves in parts, and those
   * without streams one that waits for places of its streams.
   */
  left(session: SessionStory, passage: Passage, n: number, inParts: boolean): void {
    this.#calls[n - 1]?.leaves(session);
    if (inParts) return;
    const streaming = (this.#calls[n - 1]?.asking.task.inputs?.length ?? 0) > 0;
    const last = (streaming ? this.#lastStreaming : this.#last).get(passage) ?? 0;
    this.#last.set(passage, Math.max(n, this.#last.get(passage) ?? 0));
    if (streaming) this.#lastStreaming.set(passage, n);
    this.#verdicts.check(
      n > last,
      'call-order',
      () => `call ${n} leaves after call ${last} on ${session.name}`,
    );
  }
}
