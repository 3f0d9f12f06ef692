import type { Storm } from './storm.ts';

/** Something that goes wrong. */
export interface Fault {
  readonly name: string;
  /** How often it comes, beside the others. */
  readonly weight: number;
  /** Answers whether there was anything to strike. */
  strike(storm: Storm): boolean;
}
