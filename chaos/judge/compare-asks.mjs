import { asked as how } from '../service/journal.mjs';

/**
 * What the server was told of its calls to clients against what ran at these.
 * @param {readonly import('../service/journal.mjs').Asked[]} asked
 * @param {readonly Uint8Array[]} confirmed How often each ran at each client, by number.
 */
export function compareAsks(asked, confirmed) {
  const found = { confirmedTwice: 0, askedNotRunButRan: 0, askedInVain: 0, asksUnknown: 0 };
  for (const runs of confirmed) for (const times of runs) if (times > 1) found.confirmedTwice++;
  for (const { client, number, how: told } of asked) {
    const ran = (confirmed[client]?.[number] ?? 0) > 0;
    if (told === how['not-run'] && ran) found.askedNotRunButRan++;
    if (told === how.answered && !ran) found.askedInVain++;
    if (told === how.unknown || told === how['not-run']) found.asksUnknown++;
  }
  return found;
}
