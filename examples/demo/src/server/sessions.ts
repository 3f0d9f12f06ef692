import type { ServerSession } from '@hawser/adapter-node';

export interface SessionFacts {
  readonly id: string;
  readonly ageMs: number;
}

/** One session, as its page shows it. */
export class DemoSession {
  readonly #id: string;
  readonly #since = performance.now();
  #lastPing = 0;
  #repeats = 0;

  constructor(id: string) {
    this.#id = id;
  }

  get facts(): SessionFacts {
    return { id: this.#id, ageMs: performance.now() - this.#since };
  }

  /** Pings are numbered by their page. Answers how many have run twice. */
  ping(number: number): number {
    if (number <= this.#lastPing) this.#repeats += 1;
    else this.#lastPing = number;
    return this.#repeats;
  }
}

/** The sessions of all tabs. After a resume a session is the same object, so what belongs to it is found by it. */
export class Sessions {
  readonly #known = new WeakMap<ServerSession, DemoSession>();
  readonly #byTab = new Map<string, ServerSession>();

  /** A socket of the tab asks for this session: it may have had others. */
  dialled(tab: string, session: ServerSession): DemoSession {
    const known = this.#known.get(session);
    if (known) return known;
    const made = new DemoSession(session.id);
    this.#known.set(session, made);
    this.#byTab.set(tab, session);
    session.signal.addEventListener('abort', () => {
      if (this.#byTab.get(tab) === session) this.#byTab.delete(tab);
    });
    return made;
  }

  /** Ends the tab's session, as a server's restart would. Says whether there was one. */
  end(tab: string): boolean {
    const session = this.#byTab.get(tab);
    session?.close();
    return session !== undefined;
  }
}
