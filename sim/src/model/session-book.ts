import type { Plan } from '../plan.ts';
import { mostBlobs } from '../plan.ts';
import type { HelloFields } from './control-frame.ts';
import type { Losses } from './losses.ts';
import type { PassageBounds } from './passage.ts';
import type { SessionParts } from './session-story.ts';
import { ClientStory, SessionStory } from './session-story.ts';
import type { Verdicts } from './verdicts.ts';

/** What the largest message has beside its padding and its bytes, at most. */
const rows = 600;

function boundsOf({ announced, constants, tuned, largest, largestBlob }: Plan): PassageBounds {
  const { windowBytes, messageBytes, valueBytes } = announced;
  const whole = Math.min(tuned.wholeLength, largest + largestBlob * mostBlobs + rows);
  return { windowBytes, messageBytes, valueBytes, unfinished: constants.unfinished, largest: whole };
}

export interface SessionBookParts extends Omit<SessionParts, 'bounds'> {
  readonly losses: Losses;
}

/** All clients and sessions of a world. */
export class SessionBook {
  readonly #parts: SessionParts;
  readonly #verdicts: Verdicts;
  readonly #losses: Losses;
  readonly #clients = new Map<number, ClientStory>();
  readonly #sessions = new Map<string, SessionStory>();

  constructor(plan: Plan, { verdicts, losses, strandsOf, now }: SessionBookParts) {
    this.#parts = { verdicts, strandsOf, now, bounds: boundsOf(plan) };
    this.#verdicts = verdicts;
    this.#losses = losses;
  }

  client(number: number): ClientStory {
    const known = this.#clients.get(number);
    if (known) return known;
    const client = new ClientStory(number);
    this.#clients.set(number, client);
    return client;
  }

  get all(): Iterable<SessionStory> {
    return this.#sessions.values();
  }

  /** A client says `hello` for a session, a new one or the one it had. */
  introduced(number: number, hello: HelloFields): SessionStory {
    const client = this.client(number);
    const known = this.#sessions.get(hello.secret);
    this.#verdicts.check(
      (known !== undefined) === (hello.mode === 'resume') && (!known || known === client.current),
      'no-protocol-fault',
      () => `client ${number} says ${hello.mode} for ${known?.name ?? 'a new session'}`,
    );
    if (known) return known;
    if (client.current) this.#losses.replaced(client.current);
    const session = new SessionStory(client, this.#sessions.size + 1, this.#parts);
    this.#sessions.set(hello.secret, session);
    client.current = session;
    return session;
  }
}
