/** What is counted from frame to frame. */
export interface Counted {
  readonly commits: number;
  readonly reduced: number;
}

/** The most that happens between two frames, since there is a component. */
export class FrameCount {
  readonly #own: Counted;
  #commits = 0;
  #reduced = 0;
  commits = 0;
  reduced = 0;
  frames = 0;

  constructor(own: Counted) {
    this.#own = own;
    requestAnimationFrame(() => this.#begin());
  }

  #begin(): void {
    this.#commits = this.#own.commits;
    this.#reduced = this.#own.reduced;
    requestAnimationFrame(() => this.#count());
  }

  #count(): void {
    if (this.#commits > 0) {
      this.frames++;
      this.commits = Math.max(this.commits, this.#own.commits - this.#commits);
      this.reduced = Math.max(this.reduced, this.#own.reduced - this.#reduced);
    }
    this.#begin();
  }
}
