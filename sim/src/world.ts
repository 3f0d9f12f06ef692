import { Ending } from './ending.ts';
import { Client } from './ends/client.ts';
import { Server } from './ends/server.ts';
import { EventLoop } from './loop/event-loop.ts';
import { SeededRandom } from './loop/seeded-random.ts';
import type { Reader } from './loop/trace.ts';
import { Trace } from './loop/trace.ts';
import type { FeedRun } from './model/feed-run.ts';
import { Judge } from './model/judge.ts';
import type { Violation } from './model/verdicts.ts';
import type { LineWatcher } from './network/line.ts';
import { Network } from './network/network.ts';
import type { Plan } from './plan.ts';
import { drawPlan } from './plan.ts';
import { setConstants } from './set-constants.ts';
import type { Tally } from './tally.ts';
import { count } from './tally.ts';
import type { Harbour } from './weather/harbour.ts';
import { Storm } from './weather/storm.ts';
import { User } from './workload/user.ts';
import type { WorldParts } from './world-parts.ts';

/** By when, after the storm, everything is settled. */
const settlingMs = 600_000;

/** A server that may keep less than this for its clients ends their sessions over and over. */
const leastToWorkWith = 1_000_000;

/** Beyond the window, by when a server has let go of sessions whose clients have left. */
const partingMs = 60_000;

const abnormal = 1006;

/** Sets the randomness of channels apart from that of the rest of a world. */
const channelSalt = 0xc4a1;

/** How often it is looked whether a world has come to its end. */
const lookMs = 500;

/** No world of the usual kind has so many. */
const mostEvents = 60_000;

/** A server and its clients, and everything that happens to them: all of it from one seed. */
export class World implements Harbour {
  readonly clients: readonly Client[];
  server: Server | undefined;
  readonly #plan: Plan;
  readonly #parts: WorldParts;
  readonly #users: readonly User[];
  readonly #servers: Server[] = [];
  readonly #storm: Storm;
  readonly #trace: Trace;
  readonly #rates: SeededRandom;
  readonly #ending: Ending;

  constructor(seed: number, tally: Tally, reader: Reader | undefined) {
    const random = new SeededRandom(seed);
    const channelRandom = new SeededRandom(seed, channelSalt);
    const plan = drawPlan(random, channelRandom);
    setConstants(plan);
    const loop = new EventLoop((error) => this.crashed(error));
    const trace = new Trace(loop, reader);
    const judge = new Judge(plan, trace, () => loop.now);
    const network = new Network(loop, random.fork(), plan.lines, this.#watchers(judge));
    this.#plan = plan;
    this.#trace = trace;
    this.#rates = random.fork();
    this.#parts = { plan, loop, random, channelRandom, trace, judge, network, tally, moods: [] };
    trace.tell('world', 'is', JSON.stringify(plan));
    this.#startServer();
    this.clients = Array.from(
      { length: plan.clients },
      (_, i) => new Client(i + 1, this.#rate(), this.#parts),
    );
    this.#users = this.clients.map((client) => new User(client, this.#parts));
    this.#storm = new Storm(this.#parts, this);
    const { clients } = this;
    this.#ending = new Ending({ judge, network, clients, servers: this.#servers });
  }

  get hash(): readonly [number, number] {
    return this.#trace.hash;
  }

  get violation(): Violation | undefined {
    return this.#parts.judge.verdicts.first;
  }

  /** Something threw where nothing may. */
  crashed(error: unknown): void {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#parts.judge.verdicts.violated('no-crash', text);
  }

  /** From the beginning to the end. */
  async run(): Promise<void> {
    const { loop } = this.#parts;
    loop.at(this.#plan.stormMs, () => this.#calm());
    await this.#until(() => false, this.#plan.stormMs);
    const settled = await this.#until(() => this.#ending.settled, settlingMs);
    if (!settled) this.#tellUnsettled();
    loop.in(0, () => this.#close());
    const quiet = await this.#until(
      () => this.#ending.left.length === 0,
      this.#plan.announced.window + partingMs,
    );
    if (!quiet) this.#tellLeft();
    this.#sum();
  }

  restart(how: 'crash' | 'close', downMs: number): void {
    const { server } = this;
    const { loop, network } = this.#parts;
    if (!server) return;
    this.server = undefined;
    network.listener = undefined;
    if (how === 'close') server.close();
    else {
      server.machine.off();
      for (const line of network.lines) {
        if (line.server.machine !== server.machine) continue;
        line.server.vanish();
        const told = this.#storm.random.chance(0.8);
        line.toClient.sever(0, told ? { code: abnormal, delay: 0 } : undefined);
        line.toServer.sever(0);
      }
    }
    loop.in(downMs, () => this.#startServer());
  }

  #watchers(judge: Judge): LineWatcher {
    const both = (): readonly LineWatcher[] => [judge.wire, this.#storm];
    return {
      said: (end, data) => {
        for (const it of both()) it.said(end, data);
      },
      heard: (end, data) => judge.wire.heard(end, data),
      drained: (end) => judge.wire.drained(end),
      closing: (end, code) => judge.wire.closing(end, code),
      dropped: (end) => judge.wire.dropped(end),
      gone: (end, code) => judge.wire.gone(end, code),
    };
  }

  #startServer(): void {
    if (this.server) return;
    const server = new Server(this.#servers.length + 1, this.#rate(), this.#parts);
    this.#servers.push(server);
    this.server = server;
    this.#parts.network.listener = server;
  }

  #rate(): number {
    return this.#plan.ratesDiffer ? this.#rates.between(0.9, 1.1) : 1;
  }

  /** Nothing goes wrong any more. */
  #calm(): void {
    this.#trace.tell('world', 'is calm from now on');
    this.#storm.end();
    this.#startServer();
    for (const user of this.#users) user.rest();
    for (const server of this.#servers) server.rest();
  }

  /** Answers whether it came to that in time. */
  async #until(over: () => boolean, ms: number): Promise<boolean> {
    const { loop, judge } = this.#parts;
    const end = loop.now + ms;
    let isOver = false;
    const look = (): void => {
      isOver = loop.now >= end || over();
      if (!isOver) loop.at(Math.min(end, loop.now + lookMs), look);
    };
    loop.in(0, look);
    await loop.run(() => isOver || judge.verdicts.first !== undefined || this.#endless());
    return judge.verdicts.first !== undefined || over();
  }

  #close(): void {
    for (const client of this.clients) client.close(0);
  }

  #endless(): boolean {
    const endless = this.#parts.loop.events > mostEvents;
    if (endless)
      this.#parts.judge.verdicts.violated('settles-at-all', `after ${mostEvents} events it goes on`);
    return endless;
  }

  #tellUnsettled(): void {
    if (this.#plan.keeping.bytes < leastToWorkWith) return;
    const { unsettled } = this.#ending;
    // What a channel owes may be for want of something else that is.
    const rule = unsettled.find((it) => it.rule === 'settles-at-all')?.rule ?? unsettled[0]?.rule;
    const details = unsettled.map(({ detail }) => detail).join(', ');
    this.#parts.judge.verdicts.violated(rule ?? 'settles-at-all', details);
  }

  #tellLeft(): void {
    for (const finding of this.#ending.left) this.#parts.judge.verdicts.violated('nothing-left', finding);
  }

  #sum(): void {
    const { tally, loop, judge } = this.#parts;
    tally.worlds++;
    tally.events += loop.events;
    for (const { resumes, lost } of judge.sessions.all) {
      tally.resumes += resumes;
      if (lost !== undefined) tally.lost[lost] = (tally.lost[lost] ?? 0) + 1;
    }
    for (const call of judge.calls) {
      const { settlement, surrender } = call;
      for (const { consumed } of call.strands) {
        tally.strands++;
        tally.strandItems += consumed;
      }
      for (const { feed } of call.runs) if (feed) sumFeed(feed, tally);
      const name = settlement ?? surrender ?? 'open';
      tally.settled[name] = (tally.settled[name] ?? 0) + 1;
    }
  }
}

function sumFeed({ numbers, states, gaps, state }: FeedRun, tally: Tally): void {
  tally.fed += numbers.length;
  for (const { reason } of gaps) count(tally.channels, `gap: ${reason}`);
  if (states.size > 0) tally.channels['snapshot'] = (tally.channels['snapshot'] ?? 0) + states.size;
  if (state === 'ended' || state === 'failed') count(tally.channels, state);
}
