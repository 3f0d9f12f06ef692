import { hash } from '../seeded.mjs';

/**
 * What a caller gets back for a value: whoever did not read the value cannot know it.
 * @param {string} value
 */
export const sealOf = (value) => hash(`sealed ${value}`);
