import type { EventLoop } from './event-loop.ts';

const prime = 16_777_619;
const otherPrime = 0x5bd1e995;

/** Takes one line of a readable trace. */
export type Reader = (line: string) => void;

/** Everything that happened in a world: as a hash, and in words for whoever wants to read it. */
export class Trace {
  readonly #loop: EventLoop;
  readonly #reader: Reader | undefined;
  #one = 0x811c9dc5 | 0;
  #other = 0x1000193 | 0;

  constructor(loop: EventLoop, reader: Reader | undefined) {
    this.#loop = loop;
    this.#reader = reader;
  }

  tell(who: string, what: string, detail = ''): void {
    const micros = Math.floor(this.#loop.now * 1000);
    this.#mix(micros);
    this.#mixText(who);
    this.#mixText(what);
    this.#mixText(detail);
    this.#reader?.(`${(micros / 1000).toFixed(3).padStart(11)}  ${who.padEnd(9)} ${what} ${detail}`);
  }

  /** Two numbers of 32 bits. */
  get hash(): readonly [number, number] {
    return [this.#one >>> 0, this.#other >>> 0];
  }

  /** Two characters at a time. */
  #mixText(text: string): void {
    const { length } = text;
    let one = this.#one ^ length;
    let other = this.#other + length;
    for (let i = 0; i < length; i += 2) {
      const units = text.charCodeAt(i) | (text.charCodeAt(i + 1) << 16);
      one = Math.imul(one ^ units, prime);
      other = Math.imul(other + units, otherPrime) ^ (one >>> 15);
    }
    this.#one = one;
    this.#other = other;
  }

  #mix(value: number): void {
    this.#one = Math.imul(this.#one ^ value, prime);
    this.#other = Math.imul(this.#other + value, otherPrime) ^ (this.#one >>> 13);
  }
}
