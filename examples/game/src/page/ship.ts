import { Store } from '../../../shared/src/page/store.js';
import type { Hit } from '../server/frame.js';
import type { Ears, Welcome } from './client-router.js';

export interface ShipView {
  readonly own: Welcome | undefined;
  /** How often the server bade welcome. */
  readonly boardings: number;
  /** What the server told of, in the order in which it told. */
  readonly hits: readonly Hit[];
}

/** This page's own boat, as the server has told it. */
export class Ship implements Ears {
  readonly view = new Store<ShipView>({ own: undefined, boardings: 0, hits: [] });

  welcome(own: Welcome): void {
    const { value } = this.view;
    this.view.set({ ...value, own, boardings: value.boardings + 1 });
  }

  hit(hit: Hit): void {
    const { value } = this.view;
    this.view.set({ ...value, hits: [...value.hits, hit] });
  }
}
