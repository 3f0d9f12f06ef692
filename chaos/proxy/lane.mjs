/** Bytes that a throttled lane forwards at a time. */
const sliceMs = 50;

/** Slowest and fastest of a throttled lane, in bytes a second. */
const slowest = 3000;
const fastest = 30_000;

/** @typedef {'flow' | 'stall' | 'throttle' | 'swallow'} Mode */

/**
 * One direction of one proxied socket. It forwards what it reads, as fast as the other side takes it, unless a fault
 * has it do something else.
 */
export class Lane {
  #from;
  #to;
  /** @type {Mode} */
  #mode = 'flow';
  /** @type {Buffer[]} Read, and not forwarded yet. */
  #held = [];
  #bytesPerSecond = fastest;
  /** @type {NodeJS.Timeout | undefined} */
  #slicer;
  /** @type {((chunk: Buffer) => number | undefined) | undefined} */
  #blade;
  #cutOff;
  #ended = false;

  /**
   * @param {import('node:net').Socket} from
   * @param {import('node:net').Socket} to
   * @param {(rest: Buffer) => void} cutOff Told when a blade has fallen, with what is still to be delivered.
   */
  constructor(from, to, cutOff) {
    this.#from = from;
    this.#to = to;
    this.#cutOff = cutOff;
    from.on('data', (chunk) => this.#take(chunk));
    from.on('end', () => {
      this.#ended = true;
      this.#pump();
    });
    to.on('drain', () => this.#pump());
  }

  /** @param {number} share Of the way from the slowest to the fastest. */
  throttle(share) {
    this.#enter('throttle');
    this.#bytesPerSecond = slowest + share * (fastest - slowest);
    this.#slicer ??= setInterval(() => this.#slice(), sliceMs);
  }

  stall() {
    this.#enter('stall');
  }

  /** From now on, whatever is sent vanishes. */
  swallow() {
    this.#enter('swallow');
    this.#held = [];
    this.#from.resume();
  }

  /** Forwards again. What was swallowed is gone: then the socket has to go too. */
  flow() {
    if (this.#mode !== 'swallow') this.#enter('flow');
    this.#pump();
  }

  /**
   * Cuts the first chunk for which `where` answers how much of it is still delivered.
   * @param {((chunk: Buffer) => number | undefined) | undefined} where
   */
  cutAt(where) {
    this.#blade = where;
  }

  stop() {
    clearInterval(this.#slicer);
    this.#held = [];
    this.#mode = 'swallow';
  }

  /** @param {Mode} mode */
  #enter(mode) {
    clearInterval(this.#slicer);
    this.#slicer = undefined;
    this.#mode = mode;
  }

  /** @param {Buffer} chunk */
  #take(chunk) {
    if (this.#mode === 'swallow') return;
    const kept = this.#blade?.(chunk);
    if (kept !== undefined) return this.#cutOff(chunk.subarray(0, kept));
    this.#held.push(chunk);
    this.#pump();
  }

  #pump() {
    if (this.#mode === 'flow') {
      while (this.#held.length > 0 && !this.#to.writableNeedDrain) this.#write(this.#held.shift());
    }
    if (this.#held.length > 0) this.#from.pause();
    else if (this.#mode !== 'stall') this.#from.resume();
    if (this.#ended && this.#held.length === 0 && this.#mode !== 'swallow') this.#to.end();
  }

  #slice() {
    let budget = Math.ceil((this.#bytesPerSecond * sliceMs) / 1000);
    while (budget > 0 && this.#held.length > 0 && !this.#to.writableNeedDrain) {
      const chunk = /** @type {Buffer} */ (this.#held.shift());
      this.#write(chunk.subarray(0, budget));
      if (chunk.length > budget) this.#held.unshift(chunk.subarray(budget));
      budget -= chunk.length;
    }
    this.#pump();
  }

  /** @param {Buffer | undefined} chunk */
  #write(chunk) {
    if (chunk && this.#to.writable) this.#to.write(chunk);
  }
}
