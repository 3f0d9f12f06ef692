/** In the place of an input: subscribes to nothing, with the input's type kept. */
export const skipToken: unique symbol = Symbol.for('hawser.skip');

export type SkipToken = typeof skipToken;
