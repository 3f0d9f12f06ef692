import { EventEmitter } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { smallNote, tick } from '../payloads.mjs';

/** @typedef {{ readonly count: number, readonly listeners: number }} Publication */

/**
 * How news get to those who listen, and how many they are.
 * @typedef {object} Audience
 * @property {(news: import('../payloads.mjs').Tick) => void} tell
 * @property {() => number} size
 */

/** Where the news come from: an emitter with a listener for everybody who listens, if no other way is given. */
export class Newsroom extends EventEmitter {
  #audience;

  /** @param {Audience} [audience] */
  constructor(audience) {
    super();
    this.setMaxListeners(0);
    this.#audience = audience ?? {
      tell: (news) => this.emit('news', news),
      size: () => this.listenerCount('news'),
    };
  }

  /**
   * Each event in a turn of its own, as events come, and none before so many listen.
   * @param {Publication} publication
   */
  async publish({ count, listeners }) {
    const { tell, size } = this.#audience;
    while (size() < listeners) await setImmediate();
    for (let seq = 0; seq < count; seq++) {
      tell(tick(seq, smallNote));
      await setImmediate();
    }
  }
}
