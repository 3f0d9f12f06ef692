import type { Helm } from '../server/frame.js';

export type Key = 'port' | 'sail' | 'starboard';

/** The server also learns by it that somebody is there. */
const WORD_EVERY_MS = 50;

/** What the player wants, as a stream for the server. */
export class Tiller {
  readonly held = new Set<Key>();
  #words = 0;

  /** Words of this voyage that were asked for. */
  get words(): number {
    return this.#words;
  }

  /** Each says where the helm is now. What is not asked for in time is never said. */
  async *helms(signal: AbortSignal): AsyncGenerator<Helm, void> {
    for (this.#words = 0; !signal.aborted; await pause(WORD_EVERY_MS)) {
      this.#words += 1;
      const turn = Number(this.held.has('starboard')) - Number(this.held.has('port'));
      yield { number: this.#words, turn, sail: this.held.has('sail') };
    }
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
