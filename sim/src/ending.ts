import type { Client } from './ends/client.ts';
import type { Server } from './ends/server.ts';
import type { AskedCall } from './model/asked-call.ts';
import type { Invariant } from './model/invariants.ts';
import type { Judge } from './model/judge.ts';
import type { RunRecord } from './model/run-record.ts';
import type { ClientStory, SessionStory } from './model/session-story.ts';
import type { StrandRecord } from './model/strand-record.ts';
import type { Network } from './network/network.ts';

export interface EndingParts {
  readonly judge: Judge;
  readonly network: Network;
  readonly clients: readonly Client[];
  /** All that there ever were. */
  readonly servers: readonly Server[];
}

/** Something that is to come yet, and the rule by which. */
interface Owed {
  readonly rule: Invariant;
  readonly detail: string;
}

/** What is still to come to its end in a world in which nothing goes wrong any more. */
export class Ending {
  readonly #parts: EndingParts;

  constructor(parts: EndingParts) {
    this.#parts = parts;
  }

  /** Whether there is nothing of that any more. It is asked very often. */
  get settled(): boolean {
    const { calls } = this.#parts.judge;
    return calls.every((call) => owedBy(call) === undefined) && this.#unfinished.length === 0;
  }

  /** Calls that are open, and handlers and streams that go on, for callers who are served; of each call the first. */
  get unsettled(): readonly Owed[] {
    const owed = this.#parts.judge.calls.map(owedBy).filter((finding) => finding !== undefined);
    return [...owed, ...this.#unfinished.map((detail) => ({ rule: 'settles-at-all' as const, detail }))];
  }

  get #unfinished(): readonly string[] {
    const { sessions } = this.#parts.judge;
    const findings: string[] = [];
    for (const session of sessions.all) {
      const unfinished = session.up.transfers.unfinished + session.down.transfers.unfinished;
      const isUsed = isServed(session, sessions.client(session.client));
      if (isUsed && unfinished > 0) findings.push(`${session.name} has unfinished parts`);
    }
    return findings;
  }

  /** What is left, when the clients have closed and the servers have had time to let go. */
  get left(): readonly string[] {
    const { judge, network, clients } = this.#parts;
    const findings: string[] = [];
    for (const { machine, connection, handlers } of clients) {
      if (handlers.running > 0) findings.push(`${machine.name} runs ${handlers.running} handlers`);
      if (machine.timers > 0) findings.push(`${machine.name} has ${machine.timers} timers`);
      if (connection.state !== 'closed') findings.push(`${machine.name} is ${connection.state}`);
    }
    for (const server of this.#parts.servers) if (server.machine.running) findings.push(...leftAt(server));
    for (const { client, server, number } of network.lines) {
      findings.push(`line ${number} is ${client.state} at the client and ${server.state} at the server`);
    }
    for (const call of judge.calls) {
      for (const run of call.runs)
        if (isLive(call, run)) findings.push(`run ${run.number} of ${call.name} goes on`);
      for (const reading of call.readings) if (reading.open) findings.push(`${reading.name} waits`);
      for (const strand of call.strands)
        if (isOpen(strand)) findings.push(`${strand.name} of ${call.name} goes on`);
    }
    return findings;
  }
}

/** What there is to come of a call. */
function owedBy(call: AskedCall): Owed | undefined {
  const { clock, settlement, surrender, name, feed } = call;
  const isOpen = clock.running && settlement === undefined && surrender === undefined;
  // Who follows a channel may do so to the end of the world.
  if (isOpen && feed) return feed.owed;
  const detail = isOpen ? `${name} is open` : goesOn(call);
  return detail === undefined ? undefined : { rule: 'settles-at-all', detail };
}

/** What goes on of a call that is settled. */
function goesOn(call: AskedCall): string | undefined {
  const { name } = call;
  for (const run of call.runs) if (worksOn(call, run)) return `run ${run.number} of ${name} goes on`;
  for (const reading of call.readings) if (reading.open) return `${reading.name} waits`;
  for (const strand of call.strands) if (isOwed(strand)) return `${strand.name} of ${name} goes on`;
  return undefined;
}

function leftAt({ machine, host, handlers, house }: Server): string[] {
  const findings: string[] = [];
  if (machine.timers > 0) findings.push(`${machine.name} has ${machine.timers} timers`);
  if (host.size > 0) findings.push(`${machine.name} has ${host.size} sessions`);
  if (handlers.running > 0) findings.push(`${machine.name} runs ${handlers.running} handlers`);
  return house ? [...findings, ...house.left] : findings;
}

/** Both its ends run, and have not heard that it is over. */
function isServed(session: SessionStory, client: ClientStory): boolean {
  const { lost, endSeen, acceptedBy } = session;
  const isOver = lost !== undefined || endSeen || client.closed || client.current !== session;
  return !isOver && acceptedBy?.running === true;
}

/** Its callee runs, and it has not come to its end. */
function isLive({ caller }: AskedCall, run: RunRecord): boolean {
  return !run.over && (caller.calledBack || run.session.acceptedBy?.running === true);
}

/** Its source's process runs, and has not got rid of it. */
function isOpen({ over, machine }: StrandRecord): boolean {
  return !over && machine.running;
}

/** Likewise, and nothing has to be found out by the clock. */
function isOwed(strand: StrandRecord): boolean {
  const { run, call } = strand;
  return isOpen(strand) && (run === undefined || call.caller.awaits(run.session));
}

/** That a session is lost, or its client has left, the server may have to find out by the clock. */
function worksOn(call: AskedCall, run: RunRecord): boolean {
  return call.caller.awaits(run.session) && isLive(call, run);
}
