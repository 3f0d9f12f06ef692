import type { Boat, Helm, Place } from '../server/frame.js';

export type Key = 'port' | 'starboard' | 'sail' | 'fire';

type Wish = Omit<Helm, 'number'>;

/** A word at least this often, in ms, so that the server knows that somebody is there, and no more often than that. */
const WORD_EVERY_MS = 250;
const WORD_AFTER_MS = 33;

/** What the player wants, by keys or by pointer, as a stream for the server. */
export class Tiller {
  readonly #held = new Set<Key>();
  #goal: Place | undefined;
  #turnToGoal = 0;
  /** Was pulled since the last word, however briefly. */
  #fired = false;
  #words = 0;
  #changed: () => void = () => {};

  /** Words of this voyage that were asked for. */
  get words(): number {
    return this.#words;
  }

  press(key: Key): void {
    this.#held.add(key);
    if (key === 'fire') this.#fired = true;
    this.#changed();
  }

  release(key: Key): void {
    this.#held.delete(key);
    this.#changed();
  }

  releaseAll(): void {
    this.#held.clear();
    this.steerTo(undefined);
  }

  /** Sails there for as long as it is wanted. */
  steerTo(goal: Place | undefined): void {
    this.#goal = goal;
    this.#changed();
  }

  /** The way to the goal depends on where the boat is. */
  look(boat: Boat): void {
    if (!this.#goal) return;
    const angle = Math.atan2(this.#goal.y - boat.y, this.#goal.x - boat.x) - boat.heading;
    this.#turnToGoal = clamp(Math.atan2(Math.sin(angle), Math.cos(angle)) * 2.5);
    this.#changed();
  }

  /**
   * One word after the other, for as long as somebody asks. Each says where the helm is now: what was not asked for
   * in time is never said.
   */
  async *voyage(signal: AbortSignal): AsyncGenerator<Helm, void> {
    for (this.#words = 0; !signal.aborted; ) {
      this.#words += 1;
      yield { number: this.#words, ...this.#takeWish() };
      await pause(WORD_AFTER_MS);
      await Promise.race([pause(WORD_EVERY_MS - WORD_AFTER_MS), this.#change()]);
    }
  }

  #takeWish(): Wish {
    const held = this.#held;
    const byKeys = (held.has('starboard') ? 1 : 0) - (held.has('port') ? 1 : 0);
    const wish = {
      turn: byKeys === 0 && this.#goal ? this.#turnToGoal : byKeys,
      sail: held.has('sail') || this.#goal !== undefined,
      fire: held.has('fire') || this.#fired,
    };
    this.#fired = false;
    return wish;
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#changed = resolve;
    });
  }
}

const clamp = (turn: number): number => Math.max(-1, Math.min(1, turn));

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
