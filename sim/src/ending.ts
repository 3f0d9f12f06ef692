import type { Client } from './ends/client.ts';
import type { Server } from './ends/server.ts';
import type { AskedCall } from './model/asked-call.ts';
import type { Judge } from './model/judge.ts';
import type { RunRecord } from './model/run-record.ts';
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

  /** Calls that are open, and handlers that work on, for callers who are served. */
  get unsettled(): readonly string[] {
    const findings: string[] = [];
    for (const call of this.#parts.judge.calls) {
      if (call.settlement === undefined && call.surrender === undefined)
        findings.push(`${call.name} is open`);
      for (const run of call.runs)
        if (worksOn(call, run)) findings.push(`run ${run.number} of ${call.name} goes on`);
    }
    return findings;
  }

  /** What is left, when the clients have closed and the servers have had time to let go. */
  get left(): readonly string[] {
    const { judge, network, clients } = this.#parts;
    const findings: string[] = [];
    for (const { machine, connection } of clients) {
      if (machine.timers > 0) findings.push(`${machine.name} has ${machine.timers} timers`);
      if (connection.state !== 'closed') findings.push(`${machine.name} is ${connection.state}`);
    }
    for (const server of this.#parts.servers) if (server.machine.running) findings.push(...leftAt(server));
    for (const { client, server, number } of network.lines) {
      findings.push(`line ${number} is ${client.state} at the client and ${server.state} at the server`);
    }
    for (const call of judge.calls) {
      for (const run of call.runs)
        if (isLive(run)) findings.push(`run ${run.number} of ${call.name} goes on`);
    }
    return findings;
  }
}

function leftAt({ machine, host, handlers }: Server): string[] {
  const findings: string[] = [];
  if (machine.timers > 0) findings.push(`${machine.name} has ${machine.timers} timers`);
  if (host.size > 0) findings.push(`${machine.name} has ${host.size} sessions`);
  if (handlers.running > 0) findings.push(`${machine.name} runs ${handlers.running} handlers`);
  return findings;
}

/** Its server runs, and it has not come to its end. */
function isLive(run: RunRecord): boolean {
  return !run.over && run.session.acceptedBy?.running === true;
}

/** That a session is lost, or its client has left, the server may have to find out by the clock. */
function worksOn({ client }: AskedCall, run: RunRecord): boolean {
  const served = !client.closed && run.session === client.current && run.session.lost === undefined;
  return served && isLive(run);
}
