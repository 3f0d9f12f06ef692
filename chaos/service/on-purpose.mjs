/** What sources of streams fail with that are to fail, and how that is told from any other failure. */
export const onPurpose = 'This source fails on purpose';

/** @param {import('../contender.mjs').Failure} failure */
export function wasOnPurpose({ outcome, reason }) {
  return outcome === 'answered' && reason.includes(onPurpose);
}
