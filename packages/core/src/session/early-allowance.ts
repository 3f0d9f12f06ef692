import type { FrameData } from '../wire/binary-frame.js';
import { utf8Length } from '../wire/frame.js';
import { limits } from '../wire/limits.js';

/** What may be sent before `welcome`, in frames and bytes of UTF-8. */
export class EarlyAllowance {
  #frames: number = limits.earlyFrames.default;
  #bytes: number = limits.earlyBytes.default;

  /** Characters that a frame may have: none when the allowance is used up. */
  get length(): number {
    return this.#frames === 0 ? 0 : Math.floor(this.#bytes / 3);
  }

  /** A frame takes its part; answers whether there was enough. */
  spend(frame: FrameData): boolean {
    this.#frames--;
    this.#bytes -= typeof frame === 'string' ? utf8Length(frame) : frame.length;
    return this.#frames >= 0 && this.#bytes >= 0;
  }
}
