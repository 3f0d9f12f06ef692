import type { Hit } from './frame.js';

/** What is known of a player, at sea or not. */
export interface Entry {
  readonly name: string;
  readonly colour: number;
  readonly hits: readonly Hit[];
  readonly barrels: number;
}

const NAMES = ['Petrel', 'Curlew', 'Dunlin', 'Fulmar', 'Plover', 'Halcyon', 'Merganser', 'Kittiwake'];

/** Keeps what players gathered and suffered. */
export class Logbook {
  readonly #entries = new Map<string, Entry>();

  entryOf(player: string): Entry {
    const known = this.#entries.get(player);
    if (known) return known;
    const number = this.#entries.size;
    const round = Math.floor(number / NAMES.length) + 1;
    const colour = number % NAMES.length;
    const name = `${NAMES[colour] ?? 'Boat'}${round > 1 ? ` ${round}` : ''}`;
    const entry = { name, colour, hits: [], barrels: 0 };
    this.#entries.set(player, entry);
    return entry;
  }

  note({ id, barrels }: { readonly id: string; readonly barrels: number }, hit?: Hit): void {
    const entry = this.#entries.get(id);
    if (entry) this.#entries.set(id, { ...entry, barrels, hits: hit ? [...entry.hits, hit] : entry.hits });
  }
}
