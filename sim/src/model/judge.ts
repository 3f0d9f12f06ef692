import type { Machine } from '../loop/machine.ts';
import type { Trace } from '../loop/trace.ts';
import type { Plan } from '../plan.ts';
import { Admissions } from './admissions.ts';
import { Answers } from './answers.ts';
import type { Asking } from './asked-call.ts';
import { AskedCall } from './asked-call.ts';
import type { Caller } from './caller.ts';
import { ClientCaller, ServerCaller } from './caller.ts';
import { ChannelBook } from './channel-book.ts';
import { Cursors } from './cursors.ts';
import { Departures } from './departures.ts';
import { DropJudge } from './drop-judge.ts';
import { HandshakeJudge } from './handshake-judge.ts';
import type { JudgeParts } from './judge-parts.ts';
import { Losses } from './losses.ts';
import { SessionBook } from './session-book.ts';
import type { SessionStory } from './session-story.ts';
import type { StrandRecord } from './strand-record.ts';
import { Verdicts } from './verdicts.ts';
import type { WireMessage } from './wire-frame.ts';
import { WireJudge } from './wire-judge.ts';
import { WireRecords } from './wire-records.ts';

/** The model: its own record of what was asked, what ran and what was told, and what must hold between them. */
export class Judge {
  readonly verdicts: Verdicts;
  readonly sessions: SessionBook;
  readonly admissions: Admissions;
  readonly answers: Answers;
  readonly wire: WireJudge;
  readonly records: WireRecords;
  readonly channels = new ChannelBook();
  readonly calls: AskedCall[] = [];
  readonly #parts: JudgeParts;
  #runs = 0;

  constructor(plan: Plan, trace: Trace, now: () => number) {
    this.verdicts = new Verdicts(trace);
    const { verdicts } = this;
    const losses = new Losses(plan, verdicts);
    this.answers = new Answers(plan, verdicts);
    const cursors = new Cursors();
    const departures = new Departures(verdicts, this.calls);
    this.records = new WireRecords(this.calls);
    const { records } = this;
    const strandsOf = (message: WireMessage): readonly StrandRecord[] => records.strandsOf(message);
    this.sessions = new SessionBook(plan, { verdicts, losses, strandsOf, now });
    this.admissions = new Admissions(plan, verdicts);
    const drops = new DropJudge(plan, verdicts);
    const { sessions, admissions } = this;
    const handshakes = new HandshakeJudge({ verdicts, sessions, losses, admissions, drops });
    const parts = { plan, trace, verdicts, sessions, losses, cursors, handshakes, drops };
    this.wire = new WireJudge({ ...parts, admissions, departures, answers: this.answers, records });
    this.#parts = { plan, trace, verdicts, losses, cursors, nextRun: () => ++this.#runs, now };
  }

  /** How often handlers were called. */
  get runs(): number {
    return this.#runs;
  }

  /** A call is about to be made. Calls are numbered from 1. */
  ask(asking: Asking, caller: Caller, clock: Machine): AskedCall {
    const call = new AskedCall(asking, caller, clock, this.#parts);
    this.calls.push(call);
    this.#parts.trace.tell(caller.name, 'asks', JSON.stringify({ ...asking.task, pad: undefined }));
    return call;
  }

  /** A client as one who calls, from now on. */
  client(number: number): Caller {
    const { plan, losses } = this.#parts;
    return new ClientCaller(this.sessions.client(number), losses, plan.timeoutMs);
  }

  /** A server as one who calls on a session. */
  server(session: SessionStory): Caller {
    return new ServerCaller(session, this.sessions.client(session.client), this.#parts.losses);
  }

  callOf(n: number): AskedCall {
    return this.calls[n - 1] as AskedCall;
  }

  serverStarted(machine: Machine): void {
    this.#parts.losses.server = machine;
  }

  /** The server closes in good order: every session of it ends. */
  serverCloses(): void {
    this.#parts.losses.closing = true;
    for (const session of this.sessions.all) session.ended ??= 'going-away';
  }

  /** The application ends a session. */
  endsByHand(session: SessionStory): void {
    session.ended ??= 'ended';
  }

  endSeen(session: SessionStory): void {
    this.#parts.losses.endSeen(session);
  }

  /** A user closes a connection. */
  closes(client: number): void {
    this.sessions.client(client).closed = true;
  }
}
