import { creditContender } from '../credit-contender.mjs';

export const contender = creditContender('Hawser, windows without end', false);
