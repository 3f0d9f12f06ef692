import { sumOf, uploadPlan } from '../service/chunks.mjs';

/**
 * What the server heard of streams of chunks against what clients had to send: the first chunks of it, each once and
 * in order, and all of them if it looked complete.
 * @param {number} seed
 * @param {readonly import('../service/journal.mjs').Heard[]} heard
 */
export function compareUploads(seed, heard) {
  const found = { heardWhole: 0, heardBroken: 0, garbledUp: 0, truncatedUp: 0 };
  /** @type {{ readonly client: number, readonly at: number, readonly what: string }[]} */
  const incidents = [];
  for (const it of heard) {
    const { client, number, count, sum, whole, at } = it;
    const plan = uploadPlan(seed, client, number);
    const name = `stream ${number}, of which the server heard ${count} of ${plan.count} chunks`;
    if (whole) found.heardWhole++;
    else found.heardBroken++;
    if (whole && (count !== plan.count || plan.failsAt !== undefined)) {
      found.truncatedUp++;
      incidents.push({ client, at, what: `${name}, looked complete` });
    }
    if (count > (plan.failsAt ?? plan.count) || sum !== sumOf(client, number, count)) {
      found.garbledUp++;
      incidents.push({ client, at, what: `${name}, is not what was sent` });
    }
  }
  return { found, incidents };
}
