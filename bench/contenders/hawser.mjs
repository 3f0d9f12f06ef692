import { hawser } from '../hawser-contender.mjs';

/** Hawser as its README shows it: nothing is tuned. */
export const contender = hawser('Hawser');
