import type { Random } from '../../src/session/ports.ts';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Numbers that follow from a seed (mulberry32). */
export class SeededRandom implements Random {
  #state: number;
  /** When set, what `uniform` gives instead. */
  fixed: number | undefined;

  constructor(seed = 1) {
    this.#state = seed >>> 0;
  }

  uniform(): number {
    return this.fixed ?? this.#next();
  }

  secret(): string {
    let text = '';
    for (let i = 0; i < 43; i++) text += alphabet.charAt(Math.floor(this.#next() * alphabet.length));
    return text;
  }

  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }
}
