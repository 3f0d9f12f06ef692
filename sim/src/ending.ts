import type { Client } from './ends/client.ts';
import type { Server } from './ends/server.ts';
import type { AskedCall } from './model/asked-call.ts';
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

/** What is still to come to its end in a world in which nothing goes wrong any more. */
export class Ending {
  readonly #parts: EndingParts;

  constructor(parts: EndingParts) {
    this.#parts = parts;
  }

  /** Whether there is nothing of that any more. */
  get settled(): boolean {
    return this.#unsettled().next().done === true;
  }

  /** Calls that are open, and handlers and streams that go on, for callers who are served. */
  get unsettled(): readonly string[] {
    return [...this.#unsettled()];
  }

  *#unsettled(): Generator<string, void> {
    for (const call of this.#parts.judge.calls) {
      if (call.clock.running && call.settlement === undefined && call.surrender === undefined)
        yield `${call.name} is open`;
      for (const run of call.runs) if (worksOn(call, run)) yield `run ${run.number} of ${call.name} goes on`;
      yield* readersOf(call);
      for (const strand of call.strands()) if (isOwed(strand)) yield `${strand.name} of ${call.name} goes on`;
    }
    const { sessions } = this.#parts.judge;
    for (const session of sessions.all) {
      const isUsed = isServed(session, sessions.client(session.client));
      const unfinished = session.up.transfers.unfinished + session.down.transfers.unfinished;
      if (isUsed && unfinished > 0) yield `${session.name} has unfinished parts`;
    }
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
      findings.push(...readersOf(call));
      for (const strand of call.strands())
        if (isOpen(strand)) findings.push(`${strand.name} of ${call.name} goes on`);
    }
    return findings;
  }
}

function* readersOf({ readings }: AskedCall): Generator<string, void> {
  for (const reading of readings) if (reading.open) yield `${reading.name} waits`;
}

function leftAt({ machine, host, handlers }: Server): string[] {
  const findings: string[] = [];
  if (machine.timers > 0) findings.push(`${machine.name} has ${machine.timers} timers`);
  if (host.size > 0) findings.push(`${machine.name} has ${host.size} sessions`);
  if (handlers.running > 0) findings.push(`${machine.name} runs ${handlers.running} handlers`);
  return findings;
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
