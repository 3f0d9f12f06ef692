import type { Random } from '@hawser/core';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Characters of a secret: 32 bytes in base64url. */
const secretLength = 43;

/** Rounds after which the state of the generator has nothing of its seed's shape left. */
const warmUp = 12;

/** Randomness from a seed (sfc32), for a world and, as the `Random` port, for what runs in it. */
export class SeededRandom implements Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: number, salt = 0) {
    this.#a = seed | 0;
    this.#b = Math.floor(seed / 2 ** 32) | 0;
    this.#c = salt | 0;
    for (let i = 0; i < warmUp; i++) this.#next();
  }

  /** Another generator: what it gives does not depend on how often this one is asked later. */
  fork(): SeededRandom {
    return new SeededRandom(this.#next() + this.#next() * 2 ** 20, this.#next());
  }

  uniform(): number {
    return this.#next() / 2 ** 32;
  }

  between(low: number, high: number): number {
    return low + this.uniform() * (high - low);
  }

  /** A whole number from 0 on, below a bound. */
  below(bound: number): number {
    return Math.floor(this.uniform() * bound);
  }

  /** A whole number, both ends included. */
  whole(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  chance(probability: number): boolean {
    return this.uniform() < probability;
  }

  pick<T>(choices: readonly [T, ...T[]]): T {
    return choices[this.below(choices.length)] as T;
  }

  /** One of many, or undefined of none. */
  any<T>(choices: readonly T[]): T | undefined {
    return choices[this.below(choices.length)];
  }

  secret(): string {
    let secret = '';
    for (let bits = 0, left = 0, i = 0; i < secretLength; i++) {
      if (left === 0) {
        bits = this.#next();
        left = 5;
      }
      secret += letters[bits & 63];
      bits >>>= 6;
      left--;
    }
    return secret;
  }

  #next(): number {
    const sum = (this.#a + this.#b + this.#counter++) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    return sum >>> 0;
  }
}
