import { hawser } from '../hawser-contender.mjs';

/** A second one of the same kind: how far its ratio is from 1 tells how far the noise goes. */
export const contender = hawser('Hawser, window off, again', { windowMs: 0 });
