import type { Losses } from './losses.ts';
import type { ClientStory, SessionStory } from './session-story.ts';

/** Silence after which a call of a server times out, in ms. */
export const serverPatienceMs = 30_000;

/** Who makes a call, and what that end has been through since. */
export interface Caller {
  /** For messages. */
  readonly name: string;
  /** The client at one end of the line. */
  readonly client: number;
  /** The session that its calls leave on now. */
  readonly current: SessionStory | undefined;
  /** Sessions that were lost. */
  readonly losses: number;
  /** Of those, how many a call outlives that may be made again. */
  readonly outlives: number;
  /** Whether it is a server that calls. */
  readonly calledBack: boolean;
  /** Whether dials were refused, whether a session turned out to be somebody else's, whether its user closed it. */
  readonly refused: boolean;
  readonly renamed: boolean;
  readonly closed: boolean;
  /** Silence after which a query or mutation times out, in ms. */
  readonly patienceMs: number;
  /** Whether a call may run there. */
  mayRunOn(session: SessionStory): boolean;
  /** Whether, to the callee, the session may be over. */
  mayHaveEnded(session: SessionStory): boolean;
  /** Whether a run there is bound to end without a timeout. */
  awaits(session: SessionStory): boolean;
}

/** A client: its calls may outlive a session. */
export class ClientCaller implements Caller {
  readonly #client: ClientStory;
  readonly #losses: Losses;
  readonly #before: { readonly losses: number; readonly refusals: number; readonly names: number };
  readonly outlives = 1;
  readonly calledBack = false;
  readonly patienceMs: number;

  constructor(client: ClientStory, losses: Losses, patienceMs: number) {
    this.patienceMs = patienceMs;
    this.#client = client;
    this.#losses = losses;
    this.#before = { losses: client.losses, refusals: client.refusals, names: client.names };
  }

  get name(): string {
    return `client ${this.client}`;
  }

  get client(): number {
    return this.#client.number;
  }

  get current(): SessionStory | undefined {
    return this.#client.current;
  }

  get losses(): number {
    return this.#client.losses - this.#before.losses;
  }

  get refused(): boolean {
    return this.#client.refusals > this.#before.refusals;
  }

  get renamed(): boolean {
    return this.#client.names > this.#before.names;
  }

  get closed(): boolean {
    return this.#client.closed;
  }

  mayRunOn(session: SessionStory): boolean {
    return session.names === this.#before.names;
  }

  mayHaveEnded(session: SessionStory): boolean {
    return this.#losses.mayHaveEnded(session);
  }

  awaits(session: SessionStory): boolean {
    return !this.closed && session === this.current && session.lost === undefined;
  }
}

/** A server, over one session of a client: that, and nothing after it. */
export class ServerCaller implements Caller {
  readonly #client: ClientStory;
  readonly #losses: Losses;
  readonly current: SessionStory;
  readonly outlives = 0;
  readonly calledBack = true;
  readonly refused = false;
  readonly renamed = false;
  readonly closed = false;
  readonly patienceMs = serverPatienceMs;

  constructor(session: SessionStory, client: ClientStory, losses: Losses) {
    this.current = session;
    this.#client = client;
    this.#losses = losses;
  }

  get name(): string {
    return `server of ${this.current.name}`;
  }

  get client(): number {
    return this.current.client;
  }

  get losses(): number {
    return this.current.endSeen ? 1 : 0;
  }

  mayRunOn(session: SessionStory): boolean {
    return session === this.current;
  }

  mayHaveEnded(session: SessionStory): boolean {
    return this.#losses.mayBeLost(session, this.#client);
  }

  awaits(session: SessionStory): boolean {
    return !session.endSeen && session.lost === undefined && !this.#client.closed;
  }
}
