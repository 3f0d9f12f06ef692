/** What a screen shows in a second, at 60 Hz. */
const frameMs = 1000 / 60;

/** Watches the frames of a page, and what is committed in each. */
class Probe {
  commits = 0;
  /** @type {(result: object) => void} */
  #resolve = () => {};
  /** @type {Promise<object>} */
  ended = new Promise((resolve) => {
    this.#resolve = resolve;
  });
  #frames = 0;
  #dropped = 0;
  #longest = 0;
  #most = 0;
  #begun = 0;
  #last = 0;
  #seen = 0;
  #over = false;

  begin() {
    this.#begun = performance.now();
    this.#last = this.#begun;
    requestAnimationFrame((now) => this.#frame(now));
  }

  /** @param {{ count: number, jumps: number }} board */
  end({ count, jumps }) {
    if (this.#over) return;
    this.#over = true;
    this.#resolve({
      ms: performance.now() - this.#begun,
      count,
      jumps,
      commits: this.commits,
      frames: this.#frames,
      dropped: this.#dropped,
      longest: this.#longest,
      most: this.#most,
    });
  }

  /** @param {number} now */
  #frame(now) {
    if (this.#over) return;
    const lasted = now - this.#last;
    this.#last = now;
    this.#frames++;
    this.#dropped += Math.max(0, Math.round(lasted / frameMs) - 1);
    this.#longest = Math.max(this.#longest, lasted);
    this.#most = Math.max(this.#most, this.commits - this.#seen);
    this.#seen = this.commits;
    requestAnimationFrame((next) => this.#frame(next));
  }
}

export const probe = new Probe();
