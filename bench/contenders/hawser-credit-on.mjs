import { creditContender } from '../credit-contender.mjs';

export const contender = creditContender('Hawser, with credit', true);
