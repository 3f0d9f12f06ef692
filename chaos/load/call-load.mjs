import { sealOf } from '../service/seal.mjs';
import { repeat } from './repeat.mjs';

/** Callers of one client, each with one call or burst at a time. */
const callers = 2;

/** Between the calls of one of them, in ms. */
const pause = /** @type {const} */ ([10, 70]);

/** One client's queries and mutations, one after the other and sometimes many in one turn. */
export class CallLoad {
  #load;
  #book;
  #queries = 0;

  /**
   * @param {import('./call-book.mjs').Load} load
   * @param {import('./call-book.mjs').CallBook} book
   */
  constructor(load, book) {
    this.#load = load;
    this.#book = book;
  }

  start() {
    for (let i = 0; i < callers; i++) void repeat(this.#load, pause, () => this.#call());
  }

  #call() {
    const { random } = this.#load;
    const burst = random.chance(0.05) ? random.whole(4, 24) : 1;
    return Promise.all(
      Array.from({ length: burst }, () => (random.chance(0.35) ? this.#mutate() : this.#query())),
    );
  }

  async #query() {
    const { number, client, random } = this.#load;
    const value = `${number}.${this.#queries++}.${random.uniform()}`.padEnd(this.#length(), '.');
    const answer = await this.#book.query('query', () => client.echo({ value, delayMs: this.#delay() }));
    if (answer && (answer.value !== value || answer.seal !== sealOf(value)))
      this.#book.forged(`query ${value}`);
  }

  async #mutate() {
    const { number: own, client } = this.#load;
    const number = this.#book.number();
    const answer = await this.#book.mutation('mutation', number, () =>
      client.bump({ client: own, number, delayMs: this.#delay() }),
    );
    if (answer && answer.seal !== sealOf(`${own}.${number}`)) this.#book.forged(`mutation ${number}`);
  }

  /** Most values are short; of the long ones, few fit into what may be on its way at a time. */
  #length() {
    const { random } = this.#load;
    if (random.chance(0.001)) return random.whole(100_000, 600_000);
    return random.chance(0.02) ? random.whole(2000, 16_000) : random.whole(8, 64);
  }

  /** Most handlers answer at once; the others are there for the line to be lost while they run. */
  #delay() {
    const { random } = this.#load;
    return random.chance(0.2) ? random.whole(1, 400) : 0;
  }
}
