import { scheduleName } from '../proxy/fault-schedule.mjs';
import { compareAsks } from './compare-asks.mjs';
import { compareMutations } from './compare-mutations.mjs';
import { compareUploads } from './compare-uploads.mjs';

/** Of what the histories of both ends show together, so much is shown in full. */
const maxIncidents = 5;

/** Reasons for the loss of a session that a killed server gives. */
const restartReasons = new Set(['restarted', 'expired']);

/**
 * @typedef {object} Evidence
 * @property {import('../chaos-run.mjs').Plan} plan
 * @property {import('../load/tally.mjs').Tally} tally What the clients saw.
 * @property {readonly { readonly told: Uint8Array, readonly confirmed: Uint8Array }[]} records What each client was told of
 *   each mutation, and how often it was called back on account of it.
 * @property {import('../service/journal.mjs').History} history What the server wrote down.
 * @property {import('../proxy/storm.mjs').Storm} storm
 * @property {import('../processes/server-lives.mjs').ServerLives} server
 * @property {{ server: Memory, client: Memory }} memoryAtStart
 * @property {{ server: Memory, client: Memory }} memoryAtEnd
 * @typedef {import('../memory/measure-memory.mjs').Memory} Memory
 */

/**
 * What happened, from the histories of both ends, and what of it must not happen.
 * @param {Evidence} evidence
 */
export function judge(evidence) {
  const { plan, tally, records, history, storm, server, memoryAtStart, memoryAtEnd } = evidence;
  const { examples, slowest, ...counts } = tally;
  const uploads = compareUploads(plan.seed, history.heard);
  const report = {
    plan,
    schedule: scheduleName(plan.seed, plan.clients),
    faults: /** @type {Record<string, number>} */ ({ ...storm.counts, restart: server.restarts }),
    ...counts,
    ...compareMutations(
      records.map(({ told }) => told),
      history.ran,
    ),
    ...uploads.found,
    ...compareAsks(
      history.asked,
      records.map(({ confirmed }) => confirmed),
    ),
    crashes: server.crashes.length,
    uncaught: tally.uncaught + server.uncaught.length,
    memoryAtStart,
    memoryAtEnd,
  };
  return { report, violations: violationsOf(report), incidents: incidentsOf(evidence, uploads.incidents) };
}

/**
 * @param {Evidence} evidence
 * @param {ReturnType<typeof compareUploads>['incidents']} uploads
 */
function incidentsOf({ tally: { examples, slowest }, storm, server }, uploads) {
  const garbled = uploads.slice(0, maxIncidents).map((it) => ({ ...it, kind: 'upload', notes: [] }));
  const seen = [...examples, ...garbled, ...(slowest ? [slowest] : [])];
  const incidents = seen.map((incident) => ({
    ...incident,
    faults: storm.history(incident.client, incident.at),
  }));
  for (const text of [...server.uncaught, ...server.crashes]) {
    incidents.push({ at: 0, client: -1, kind: 'server', what: `server: ${text}`, notes: [], faults: [] });
  }
  return incidents;
}

/** @typedef {ReturnType<typeof judge>} Judgement */
/** @typedef {Judgement['report']} Report */

/** What may never be, whoever kills the server. */
const never = /** @type {const} */ ({
  lost: 'lost',
  timeouts: 'timed out',
  unsettledCalls: 'calls unsettled',
  unsettledStreams: 'streams unsettled',
  unsettledSources: 'sources of streams never closed',
  repeated: 'items repeated',
  reordered: 'items reordered',
  skipped: 'items missing without a word',
  gapsSilent: 'silent gaps',
  forged: 'wrong answers or items',
  truncated: 'streams that looked complete and were not',
  truncatedUp: 'streams that looked complete to the server and were not',
  garbledUp: 'streams of which the server heard something else',
  confirmedTwice: 'calls to a client that ran twice',
  askedNotRunButRan: 'calls to a client that ran, told not-run',
  askedInVain: 'calls to a client answered that never ran',
  ranTwice: 'mutations that ran twice',
  notRunButRan: 'mutations that ran, told not-run',
  answeredButNotRun: 'mutations answered that never ran',
  crashes: 'crashes',
  uncaught: 'uncaught errors',
});

/** What may be only when the server was killed: the loss of a session, and what it entails. */
const byLoss = /** @type {const} */ ({
  unknownMutations: 'mutations of unknown outcome',
  unknownQueries: 'queries of unknown outcome',
  notRun: 'calls rejected, not run',
  gapsAnnounced: 'gaps, though announced',
  cutShort: 'streams of results cut short, though announced',
  asksUnknown: 'calls to a client without an answer',
});

/**
 * @param {Record<keyof typeof never | keyof typeof byLoss, number> & { plan: import('../chaos-run.mjs').Plan, sessionsLost: Record<string, number> }} report
 */
function violationsOf(report) {
  /** @type {string[]} */
  const violations = [];
  const table = report.plan.restarts ? never : { ...never, ...byLoss };
  for (const [name, words] of Object.entries(table)) {
    const count = report[/** @type {keyof typeof never} */ (name)];
    if (count > 0) violations.push(`${count} ${words}`);
  }
  for (const [reason, count] of Object.entries(report.sessionsLost)) {
    const excused = report.plan.restarts && restartReasons.has(reason);
    if (!excused) violations.push(`${count} sessions lost: ${reason}`);
  }
  return violations;
}
