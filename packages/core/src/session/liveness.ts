import { limits } from '../wire/limits.js';

/** How long a probe, or a judge that comes late, waits before it takes silence for death. */
const shortGrace = 3000;

/** Whether the other end of a socket can still be believed in. Any inbound frame is life. */
export class Liveness {
  #heardAt = 0;
  /** When the socket is dead unless something is heard; set by a ping. */
  #deadline: number | undefined;
  /** The deadline was given by a judge that came late: it is the last. */
  #warned = false;

  get heardAt(): number {
    return this.#heardAt;
  }

  heard(now: number): void {
    this.#heardAt = now;
    this.#deadline = undefined;
    this.#warned = false;
  }

  /** A ping is being sent out of turn. */
  probe(now: number): void {
    this.#deadline = Math.min(this.#deadline ?? Number.POSITIVE_INFINITY, now + shortGrace);
  }

  /**
   * What to do about a line that was silent until now. `patience` is the silence that earns a ping; one that would
   * be over before the next judgement, `period` from now, earns it already.
   */
  judge(now: number, period: number, patience: number, late: boolean): 'alive' | 'ping' | 'dead' {
    if (this.#deadline === undefined) {
      if (now + period - this.#heardAt <= patience) return 'alive';
      this.#deadline = now + (late ? shortGrace : limits.pongGrace.default);
      this.#warned = late;
      return 'ping';
    }
    if (now < this.#deadline) return 'alive';
    if (!late || this.#warned) return 'dead';
    // The judge slept through the deadline, and so may this whole end have done.
    this.#deadline = now + shortGrace;
    this.#warned = true;
    return 'ping';
  }
}
