import { Journal } from './journal.js';

export interface Person {
  readonly tab: string;
  readonly name: string;
}

/** Who is here: exactly those whose subscription is alive. Nobody has to say goodbye. */
export class Presence {
  readonly #people = new Map<symbol, Person>();
  readonly #lists = new Journal<readonly Person[]>(1);

  /** Adds the person for as long as the list is watched. Yields the whole list, now and at each change. */
  async *watch(person: Person, signal: AbortSignal | undefined): AsyncGenerator<readonly Person[], void> {
    const watcher = Symbol(person.name);
    this.#people.set(watcher, person);
    this.#publish();
    try {
      for await (const { value } of this.#lists.follow(this.#lists.newest - 1, signal)) yield value;
    } finally {
      this.#people.delete(watcher);
      this.#publish();
    }
  }

  #publish(): void {
    const byTab = new Map([...this.#people.values()].map((person) => [person.tab, person]));
    this.#lists.append([...byTab.values()]);
  }
}
