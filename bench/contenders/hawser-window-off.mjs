import { hawser } from '../hawser-contender.mjs';

/** Nothing is kept and nothing is acknowledged; a dropped socket is a lost session. */
export const contender = hawser('Hawser, window off', { windowMs: 0 });
