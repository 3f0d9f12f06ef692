// What tests see of handlers: what a handler waits for and what became of it is kept here by a key that the test
// chooses.

/** A promise per key, resolved from outside: handlers and contexts wait here until a test calls `release`. */
class Gates {
  #gates = new Map();

  #at(key) {
    let gate = this.#gates.get(key);
    if (!gate) {
      let open;
      const opened = new Promise((resolve) => {
        open = resolve;
      });
      gate = { opened, open };
      this.#gates.set(key, gate);
    }
    return gate;
  }

  opened(key) {
    return this.#at(key).opened;
  }

  open(key) {
    this.#at(key).open();
  }

  openAll() {
    for (const gate of this.#gates.values()) gate.open();
  }
}

/** Counts the handlers that have not ended, so that a test can wait until none is left. */
class Handlers {
  #running = 0;
  #waiting = [];

  enter() {
    this.#running++;
  }

  leave() {
    this.#running--;
    if (this.#running > 0) return;
    for (const resolve of this.#waiting.splice(0)) resolve(true);
  }

  none() {
    if (this.#running === 0) return Promise.resolve(true);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

export const gates = new Gates();
export const asked = new Gates();
export const aborts = new Gates();
export const ends = new Gates();
export const handlers = new Handlers();
export const aborted = new Set();
export const lists = new Map();
export const streams = new Map();

/** What is seen of the generator of a key. */
export const seenOf = (key) => {
  if (!streams.has(key)) streams.set(key, { pulled: 0, returned: false });
  return streams.get(key);
};

export function whenAborted(signal) {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', resolve, { once: true });
  });
}

/** Has tests see when a handler's signal fires, and gives the same. */
export async function noteAbort(key, signal) {
  await whenAborted(signal);
  aborted.add(key);
  aborts.open(key);
}

/** Adds to the list that `ran` gives. */
export function append(key, value) {
  lists.set(key, [...(lists.get(key) ?? []), value]);
}
