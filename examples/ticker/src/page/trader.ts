import { randomId } from '../../../shared/src/page/random-id.js';

const KEY = 'hawser-trader';

/** Whose orders these are: the same in all tabs of a browser. */
export const trader = localStorage.getItem(KEY) ?? randomId();
localStorage.setItem(KEY, trader);
