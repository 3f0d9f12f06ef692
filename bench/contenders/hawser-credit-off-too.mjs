import { creditContender } from '../credit-contender.mjs';

/** A second one of the same kind: how far its ratio is from 1 tells how far the noise goes. */
export const contender = creditContender('Hawser, windows without end, again', false);
