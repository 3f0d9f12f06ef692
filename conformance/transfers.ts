import type { Part } from './binary.ts';
import { defaultLimit } from './tables.ts';

/** A message whose last part has come: its JSON, and all its sections. */
export interface Whole {
  readonly json: string;
  readonly sections: Uint8Array;
  readonly transfer: number;
}

interface Transfer {
  readonly lengths: readonly [json: number, sections: number];
  readonly pieces: Uint8Array[];
  length: number;
}

const mostUnfinished = defaultLimit('unfinished');

/** The transfers of one direction of a session: puts parts together, and says what is wrong with one. */
export class Transfers {
  #newest = -1;
  readonly #unfinished = new Map<number, Transfer>();

  /** Gives the message if this was its last part; one that is given up comes to nothing. */
  take(part: Part): { readonly whole?: Whole; readonly fault?: string } {
    const { transfer, lengths } = part;
    if (lengths) {
      if (transfer <= this.#newest) return { fault: `transfer ${transfer} does not rise` };
      this.#newest = transfer;
      this.#unfinished.set(transfer, { lengths, pieces: [], length: 0 });
      if (this.#unfinished.size > mostUnfinished) return { fault: 'more unfinished transfers than allowed' };
    }
    const under = this.#unfinished.get(transfer);
    return under ? this.#add(under, part) : { fault: `transfer ${transfer} is unknown` };
  }

  /** The lengths of all unfinished messages together. */
  get lengths(): readonly [json: number, sections: number] {
    const all = [...this.#unfinished.values()].map(({ lengths }) => lengths);
    const sum = (which: 0 | 1): number => all.reduce((total, lengths) => total + lengths[which], 0);
    return [sum(0), sum(1)];
  }

  #add(under: Transfer, { transfer, last, content }: Part): { whole?: Whole; fault?: string } {
    under.pieces.push(content);
    under.length += content.length;
    if (last) this.#unfinished.delete(transfer);
    const [json, sections] = under.lengths;
    if (last && content.length === 0) return {};
    if (under.length > json + sections || last !== (under.length === json + sections)) {
      return { fault: `${under.length} bytes of a transfer of ${json + sections}` };
    }
    if (!last) return {};
    const bytes = Buffer.concat(under.pieces);
    return { whole: { json: bytes.toString('utf8', 0, json), sections: bytes.subarray(json), transfer } };
  }
}
