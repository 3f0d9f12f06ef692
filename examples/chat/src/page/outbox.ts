import { outcomeOf } from '@hawser/client';
import { Store } from '../../../shared/src/page/store.js';
import type { Draft } from '../server/message-store.js';
import { api, connection } from './line.js';

export interface Outgoing extends Draft {
  /** Sent ones are shown until the stream brings them. */
  readonly state: 'waiting' | 'sent' | 'refused';
}

const KEY = 'hawser-chat-outbox';

/**
 * What was written and has not arrived, in order and one at a time. A line that is away delays it, a session that is
 * lost has the client send it again, and a page that is loaded anew goes on with it: the server knows each by its id.
 */
export class Outbox {
  readonly entries = new Store<readonly Outgoing[]>(load());
  #busy = false;

  constructor() {
    void this.#deliver();
  }

  send(draft: Draft): void {
    const unsent = this.entries.value.filter(({ state }) => state !== 'sent');
    this.#set([...unsent, { ...draft, state: 'waiting' }]);
    void this.#deliver();
  }

  sendAgain(id: string): void {
    this.#mark(id, 'waiting');
    void this.#deliver();
  }

  discard(id: string): void {
    this.#set(this.entries.value.filter((entry) => entry.id !== id));
  }

  async #deliver(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    for (let next = this.#next(); next; next = this.#next()) await this.#send(next);
    this.#busy = false;
  }

  async #send({ id, room, text }: Outgoing): Promise<void> {
    const options = { idempotent: true, timeoutMs: Number.POSITIVE_INFINITY };
    try {
      await api.send.mutate({ id, room, text }, options);
      this.#mark(id, 'sent');
    } catch (error) {
      // Only the server's own answer is final. Whatever else it was, the next try is as good as the first.
      if (outcomeOf(error) === undefined) this.#mark(id, 'refused');
      else await opened();
    }
  }

  #next(): Outgoing | undefined {
    return this.entries.value.find(({ state }) => state === 'waiting');
  }

  #mark(id: string, state: Outgoing['state']): void {
    this.#set(this.entries.value.map((entry) => (entry.id === id ? { ...entry, state } : entry)));
  }

  #set(entries: readonly Outgoing[]): void {
    this.entries.set(entries);
    const unsent = entries.filter(({ state }) => state === 'waiting');
    try {
      sessionStorage.setItem(KEY, JSON.stringify(unsent));
    } catch {
      // Storage may be forbidden; the outbox then lasts as long as the page.
    }
  }
}

/** Settles when there is a line. */
function opened(): Promise<void> {
  return new Promise((resolve) => {
    const stop = connection.subscribe(({ state }) => {
      if (state !== 'open') return;
      resolve();
      queueMicrotask(() => stop());
    });
  });
}

function load(): Outgoing[] {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? '[]');
  } catch {
    return [];
  }
}
