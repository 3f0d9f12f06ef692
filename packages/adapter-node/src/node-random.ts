import { randomBytes } from 'node:crypto';
import type { Random } from '@hawser/core';

export const nodeRandom: Random = {
  uniform: () => Math.random(),
  secret: () => randomBytes(32).toString('base64url'),
};
