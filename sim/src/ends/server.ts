import type { HostOptions, IncomingCall, ServerSession, SocketEvents } from '@hawser/core';
import { Host } from '@hawser/core';
import { Machine } from '../loop/machine.ts';
import { SeededTurn } from '../loop/seeded-turn.ts';
import { serverPatienceMs } from '../model/caller.ts';
import type { SessionStory } from '../model/session-story.ts';
import type { Line } from '../network/line.ts';
import type { LineEnd } from '../network/line-end.ts';
import type { Listener } from '../network/network.ts';
import { limitsOf } from '../set-constants.ts';
import type { Counterpart } from '../workload/desk.ts';
import { Publisher } from '../workload/publisher.ts';
import { ServerUser } from '../workload/server-user.ts';
import type { WorldParts } from '../world-parts.ts';
import { ChannelHouse } from './channel-house.ts';
import { Handlers } from './handlers.ts';
import { ContextFailure, serene } from './moods.ts';
import { pause } from './pause.ts';

/** What handlers get as their context. */
interface Context {
  readonly session: SessionStory;
  readonly user: string | undefined;
}

/** One run of the server's process. */
export class Server implements Listener {
  readonly machine: Machine;
  readonly handlers: Handlers;
  /** Its channels, if it has any. */
  readonly house: ChannelHouse | undefined;
  readonly host: Host<Line>;
  readonly user: ServerUser;
  readonly #publisher: Publisher | undefined;
  readonly #parts: WorldParts;
  /** Sessions that were let in, by their public names. */
  readonly #sessions = new Map<string, { readonly handle: ServerSession; readonly story: SessionStory }>();

  constructor(number: number, rate: number, parts: WorldParts) {
    const { loop, random, plan, judge } = parts;
    this.#parts = parts;
    this.machine = new Machine(`server ${number}`, loop, random.fork(), rate);
    const { channels } = plan;
    this.house = channels && new ChannelHouse(parts, this.machine, channels);
    const sessionOf = ({ context }: IncomingCall): SessionStory => (context as Context).session;
    this.handlers = new Handlers(judge, this.machine, sessionOf, this.house);
    this.#publisher = this.house && channels && new Publisher(parts, this.machine, this.house, channels);
    const options: HostOptions<Line> = {
      dispatch: this.handlers,
      createContext: (line, params, session) => this.#createContext(line, params, session),
      refuse: (failure) => refusal(failure),
      clock: this.machine,
      random: random.fork(),
      turn: new SeededTurn(this.machine, loop, random.fork()),
      digest: (secret) => `digest of ${secret}`,
      limits: limitsOf(plan),
      handshakeMs: plan.handshakeMs,
      identity: (context: unknown) => (context as Context).user,
      address: (line: Line) => `client ${line.owner}`,
      keptBytes: plan.keeping.bytes,
      absentSessions: plan.keeping.absentSessions,
      timeoutMs: serverPatienceMs,
      report: (error: unknown) =>
        judge.verdicts.violated('no-crash', `${this.machine.name} reports ${String(error)}`),
    };
    this.host = new Host(options);
    judge.serverStarted(this.machine);
    this.user = new ServerUser(parts, this.machine, () => this.#counterpart());
  }

  accept(end: LineEnd): SocketEvents {
    return this.host.accept(end, end.line);
  }

  /** The application ends one of its sessions. */
  endOne(): boolean {
    const chosen = this.#parts.random.any([...this.#sessions.values()]);
    if (!chosen) return false;
    this.#parts.judge.endsByHand(chosen.story);
    chosen.handle.close();
    return true;
  }

  #counterpart(): Counterpart | undefined {
    const chosen = this.#parts.random.any([...this.#sessions.values()]);
    return chosen && { caller: chosen.handle, record: this.#parts.judge.server(chosen.story) };
  }

  /** Calls no more clients, and publishes its last. */
  rest(): void {
    this.user.rest();
    this.#publisher?.rest();
  }

  /** Closes in good order. */
  close(): void {
    this.#parts.judge.serverCloses();
    this.host.close();
    this.house?.close();
  }

  async #createContext(line: Line, params: unknown, handle: ServerSession): Promise<Context> {
    const { moods, judge } = this.#parts;
    const mood = moods.shift() ?? serene;
    const introduction = judge.wire.introductionOn(line);
    const { session } = introduction;
    if (mood.ms > 0) await pause(this.machine, mood.ms);
    this.#parts.trace.tell(this.machine.name, 'context', `${mood.outcome} on line ${line.number}`);
    if (mood.outcome !== 'made') {
      judge.admissions.failed(introduction, mood.outcome);
      throw new ContextFailure(mood.outcome);
    }
    const { user } = params as { readonly user?: string };
    judge.admissions.made(introduction, user);
    this.#letIn(handle, session);
    return { session, user };
  }

  #letIn(handle: ServerSession, story: SessionStory): void {
    if (handle.signal.aborted || this.#sessions.has(handle.id)) return;
    this.#sessions.set(handle.id, { handle, story });
    handle.signal.addEventListener('abort', () => {
      this.#sessions.delete(handle.id);
      this.#parts.judge.endSeen(story);
    });
  }
}

function refusal(failure: unknown): ReturnType<HostOptions<Line>['refuse']> {
  const name = failure instanceof ContextFailure ? failure.outcome : 'trouble';
  return { name, error: { message: name } };
}
