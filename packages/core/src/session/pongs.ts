/**
 * Which pings are answered at once. A full socket gets one pong more, so that a slow line does not look dead; the
 * pings after it are answered by one when it has drained, with the counts of that moment.
 */
export class Pongs {
  #state: 'free' | 'passed' | 'owed' = 'free';

  /** A ping came; answers whether it is to be answered now. */
  asked(full: boolean): boolean {
    if (full && this.#state !== 'free') {
      this.#state = 'owed';
      return false;
    }
    this.#state = full ? 'passed' : 'free';
    return true;
  }

  /** The socket takes more; answers whether a pong is owed. */
  settle(): boolean {
    const owed = this.#state === 'owed';
    this.#state = 'free';
    return owed;
  }
}
