import { setMaxListeners } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { judge } from './judge/verdict.mjs';
import { MutationRecord } from './load/mutation-record.mjs';
import { Child } from './processes/child.mjs';
import { ServerLives } from './processes/server-lives.mjs';
import { Storm } from './proxy/storm.mjs';
import { Journal } from './service/journal.mjs';
import { sleep } from './sleep.mjs';

/** Load without faults, before memory is measured for the first time. */
const calmMs = 3000;

/** From the end of the faults until everything has to be settled. */
const drainMs = 120_000;

/** From the moment that all is settled at the clients until the server has closed its sources. */
const closeMs = 10_000;

/** How often a run says how far it is. */
const progressMs = 30_000;

/**
 * @typedef {object} Plan
 * @property {string} contender
 * @property {number} minutes
 * @property {number} seed
 * @property {number} clients
 * @property {boolean} restarts
 */

/**
 * What looks on while the faults rage.
 * @typedef {(ends: { server: ServerLives, client: Child, folder: string, signal: AbortSignal }) => Promise<void>} Observer
 */

/**
 * One contender under the faults of one seed: a server process, a process with all clients, the lines here.
 * @param {Plan} plan
 * @param {Observer} [observe]
 */
export async function chaosRun(plan, observe = watchProgress) {
  const folder = await mkdtemp(join(tmpdir(), 'hawser-chaos-'));
  const journal = join(folder, 'journal');
  const server = new ServerLives(plan.contender, journal);
  const storm = new Storm(plan.seed);
  let client;
  try {
    await server.start();
    await storm.open(plan.clients, server.port);
    client = await Child.start('client-end.mjs', plan.contender, String(plan.seed));
    await client.ask('connect', storm.ports);
    return await endure(plan, { server, client, storm, journal, folder }, observe);
  } finally {
    await client?.stop();
    await server.stop();
    storm.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * @param {Plan} plan
 * @param {{ server: ServerLives, client: Child, storm: Storm, journal: string, folder: string }} parts
 * @param {Observer} observe
 */
async function endure(plan, { server, client, storm, journal, folder }, observe) {
  await client.ask('start');
  await sleep(calmMs);
  const memoryAtStart = await memoryOf(server, client);

  const signal = AbortSignal.timeout(plan.minutes * 60_000);
  setMaxListeners(0, signal);
  await Promise.all([
    storm.rage(signal),
    plan.restarts ? server.restart(plan.seed, signal) : undefined,
    observe({ server, client, folder, signal }),
  ]);

  const { tally, mutations } = await client.ask('finish', drainMs);
  tally.unsettledSources += await server.ask('openSources', closeMs);
  const memoryAtEnd = await memoryOf(server, client);
  await client.ask('close');
  await server.stop();
  /** @type {ReturnType<typeof MutationRecord.decode>[]} */
  const records = mutations.map(MutationRecord.decode);
  const history = Journal.read(
    journal,
    records.map(({ told }) => told.length),
  );
  return judge({ plan, tally, records, history, storm, server, memoryAtStart, memoryAtEnd });
}

/**
 * @param {ServerLives} server
 * @param {Child} client
 */
async function memoryOf(server, client) {
  return { server: await server.ask('memory'), client: await client.ask('memory') };
}

/** @type {Observer} */
async function watchProgress({ client, signal }) {
  while (!signal.aborted) {
    await sleep(progressMs, signal);
    const { queries, mutations, items } = await client.ask('progress');
    console.error(`  ${new Date().toISOString()} ${queries + mutations} calls, ${items} items`);
  }
}
