import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/** Longer than any answer of a process that works. */
const patienceMs = 300_000;

/** A process that says when it is ready, and then answers each message with one. */
export class Child {
  #process;
  #gone;
  #name;

  /**
   * @param {string} file Beside this one.
   * @param {readonly string[]} args
   * @param {{ readonly prefix?: readonly string[], readonly node?: readonly string[] }} [options] What the command
   *   begins with, and options for Node.
   */
  constructor(file, args, { prefix = [], node = [] } = {}) {
    const path = fileURLToPath(new URL(file, import.meta.url));
    const [command = '', ...rest] = [...prefix, process.execPath, ...node, path, ...args];
    this.#process = spawn(command, rest, {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: { ...process.env, NODE_ENV: 'production' },
    });
    this.#gone = once(this.#process, 'exit');
    this.#name = [file, ...args].join(' ');
  }

  /** @returns {Promise<any>} */
  async answer() {
    const listening = new AbortController();
    const signal = AbortSignal.any([listening.signal, AbortSignal.timeout(patienceMs)]);
    const gone = this.#gone.then(([code]) => {
      throw new Error(`${this.#name} ended by itself, with ${code}`);
    });
    try {
      const [message] = await Promise.race([once(this.#process, 'message', { signal }), gone]);
      return message;
    } finally {
      listening.abort();
    }
  }

  /** @param {import('node:child_process').Serializable} message */
  ask(message) {
    this.#process.send(message);
    return this.answer();
  }

  async stop() {
    if (this.#process.connected) this.#process.disconnect();
    await this.#gone;
  }
}
