import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Longer than any answer of a process that works. */
const patienceMs = 300_000;

/** How long a child may take to go by itself, when it was let go. */
const partingMs = 5000;

/** A process at one end, which carries out orders; `orders.mjs` is its other half. */
export class Child {
  #process;
  #gone;
  #lastId = 0;
  /** @type {Map<number, { resolve: (answer: any) => void, reject: (error: Error) => void }>} */
  #waiting = new Map();
  #expected = false;

  /**
   * @param {string} file Beside this one.
   * @param {readonly string[]} args
   */
  constructor(file, args) {
    const path = fileURLToPath(new URL(file, import.meta.url));
    this.#process = fork(path, args, {
      execArgv: ['--expose-gc'],
      env: { ...process.env, NODE_ENV: 'production' },
    });
    this.#gone = once(this.#process, 'exit');
    this.#process.on('message', (/** @type {any} */ { id, answer, error }) => {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === undefined) waiting?.resolve(answer);
      else waiting?.reject(new Error(`${file}: ${error}`));
    });
    void this.#gone.then(([code, signal]) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`${file} ended: ${signal ?? code}`));
    });
  }

  /**
   * Resolves when it takes orders.
   * @param {string} file
   * @param {readonly string[]} args
   */
  static async start(file, ...args) {
    const child = new Child(file, args);
    await new Promise((resolve, reject) => child.#waiting.set(0, { resolve, reject }));
    return child;
  }

  /** Whether it still runs. */
  get alive() {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /**
   * @param {string} order
   * @param {unknown} [data]
   * @returns {Promise<any>}
   */
  ask(order, data) {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      if (!this.#process.connected) return reject(new Error(`${order}: the process is gone`));
      const patience = setTimeout(() => reject(new Error(`${order}: no answer`)), patienceMs);
      /** @param {(value: any) => void} settle */
      const once = (settle) => (/** @type {unknown} */ value) => {
        clearTimeout(patience);
        settle(value);
      };
      this.#waiting.set(id, { resolve: once(resolve), reject: once(reject) });
      this.#process.send({ id, order, data });
    });
  }

  /** Tells of an end that nobody asked for. @param {(how: string) => void} told */
  onCrash(told) {
    void this.#gone.then(([code, signal]) => {
      if (!this.#expected) told(String(signal ?? code));
    });
  }

  /** Without a word: the system closes what it held. */
  async kill() {
    this.#expected = true;
    this.#process.kill('SIGKILL');
    await this.#gone;
  }

  /** Lets it go; one that does not is killed. */
  async stop() {
    this.#expected = true;
    if (this.#process.connected) this.#process.disconnect();
    const patience = setTimeout(() => this.#process.kill('SIGKILL'), partingMs);
    await this.#gone;
    clearTimeout(patience);
  }
}
