/** Trusts nobody: looks at the numbers that arrive and counts what is missing and what came twice. */
export class SequenceAudit {
  #newest: number | undefined;
  #missing = 0;
  #repeats = 0;

  get missing(): number {
    return this.#missing;
  }

  get repeats(): number {
    return this.#repeats;
  }

  see(seq: number): void {
    if (this.#newest !== undefined && seq <= this.#newest) {
      this.#repeats += 1;
      return;
    }
    if (this.#newest !== undefined) this.#missing += seq - this.#newest - 1;
    this.#newest = seq;
  }
}
