import { isGenuine } from '../service/item.mjs';

/** Checks one stream as it comes: each item once, in order, none missing unless that was told first. */
export class StreamJudge {
  #key;
  #tracked;
  #tally;
  /** @type {(kind: string, what: string) => void} */
  #blame;
  #count;
  #seen;
  #next = 0;
  /** @type {string | undefined} */
  #run;
  /** @type {Set<string>} */
  #oldRuns = new Set();
  #announced = false;
  #over = false;

  /**
   * @param {{ readonly key: string, readonly tracked: boolean, readonly count: number }} stream
   * @param {import('../load/tally.mjs').Tally} tally
   * @param {(kind: string, what: string) => void} blame
   */
  constructor({ key, tracked, count }, tally, blame) {
    this.#key = key;
    this.#tracked = tracked;
    this.#count = count;
    this.#tally = tally;
    this.#blame = (kind, what) => blame(kind, `${this}: ${what}`);
    this.#seen = new Uint8Array(count);
  }

  /** Says where it stands. */
  toString() {
    return `${this.#tracked ? 'tracked' : 'untracked'} stream ${this.#key}: item ${this.#next} of ${this.#count} is next`;
  }

  /** The consumer was told that items may be missing. */
  gap() {
    this.#announced = true;
  }

  /** @param {import('../contender.mjs').Item} item */
  item(item) {
    this.#tally.items++;
    if (!isGenuine(this.#key, item) || item.n >= this.#count) return this.#forged(item);
    if (this.#over || this.#oldRuns.has(item.run)) return this.#late(item.n);
    if (item.run !== this.#run) this.#enter(item);
    if (item.n < this.#next) return this.#late(item.n);
    if (item.n > this.#next) this.#skip(item.n);
    this.#seen[item.n] = 1;
    this.#next = item.n + 1;
    this.#announced = false;
  }

  /** The stream says that it has come to its end. */
  end() {
    const complete = this.#next === this.#count && !this.#over;
    this.#over = true;
    if (complete) return;
    this.#tally.lost++;
    this.#blame('ended early', 'it ended');
  }

  /** @param {import('../contender.mjs').Failure} failure */
  failed({ code, reason }) {
    this.#over = true;
    if (code === 'timeout') this.#tally.timeouts++;
    this.#tally.lost++;
    this.#blame('failed', `it failed: ${code} ${reason}`);
  }

  /**
   * Another run of the handler: it continues a tracked stream, and starts an untracked one from its beginning.
   * @param {import('../contender.mjs').Item} item
   */
  #enter({ run }) {
    const first = this.#run === undefined;
    if (this.#run !== undefined && !this.#tracked) this.#oldRuns.add(this.#run);
    this.#run = run;
    if (first || this.#tracked) return;
    this.#discontinued(`run ${run} begins`);
    this.#announced = false;
    this.#next = 0;
    this.#seen.fill(0);
  }

  /** @param {number} n */
  #skip(n) {
    if (!this.#announced) this.#tally.skipped += n - this.#next;
    this.#discontinued(`item ${n} came`);
  }

  /** @param {string} what */
  #discontinued(what) {
    if (this.#announced) this.#tally.gapsAnnounced++;
    else {
      this.#tally.gapsSilent++;
      this.#blame('silent gap', `${what}, and nobody was told`);
    }
  }

  /** @param {number} n */
  #late(n) {
    const again = this.#seen[n] === 1;
    if (again) this.#tally.repeated++;
    else this.#tally.reordered++;
    this.#seen[n] = 1;
    this.#blame(again ? 'repeated' : 'reordered', `item ${n} came${again ? ' again' : ', late'}`);
  }

  /** @param {import('../contender.mjs').Item} item */
  #forged(item) {
    this.#tally.forged++;
    this.#blame('forged', `item ${item.n} of run ${item.run} is not what was sent`);
  }
}
