import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const end = fileURLToPath(new URL('end.mjs', import.meta.url));

/** Longer than any answer of a process that works. */
const patienceMs = 300_000;

/** Both ends on one core: then a call's time is the work of both, and no scheduler's choice is in it. */
const pin = ['taskset', '-c', '0'];
export const pinned = spawnSync('taskset', ['-c', '0', 'true']).status === 0;

/** A process at one end, which answers each message with one. */
class End {
  #child;
  #gone;

  /**
   * @param {readonly string[]} args
   * @param {readonly string[] | undefined} profiling Options for Node; an end that is profiled is not pinned.
   */
  constructor(args, profiling) {
    const prefix = pinned && !profiling ? pin : [];
    const [command = '', ...rest] = [...prefix, process.execPath, ...(profiling ?? []), end, ...args];
    this.#child = spawn(command, rest, {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: { ...process.env, NODE_ENV: 'production' },
    });
    this.#gone = once(this.#child, 'exit');
    this.name = args.join(' ');
  }

  /** @returns {Promise<unknown>} */
  async answer() {
    const listening = new AbortController();
    const signal = AbortSignal.any([listening.signal, AbortSignal.timeout(patienceMs)]);
    const gone = this.#gone.then(([code]) => {
      throw new Error(`${this.name} ended by itself, with ${code}`);
    });
    try {
      const [message] = await Promise.race([once(this.#child, 'message', { signal }), gone]);
      return message;
    } finally {
      listening.abort();
    }
  }

  /** @param {number} message */
  ask(message) {
    this.#child.send(message);
    return this.answer();
  }

  async stop() {
    if (this.#child.connected) this.#child.disconnect();
    await this.#gone;
  }
}

/** A contender's server and client, connected and checked. */
export class Pair {
  #server;
  #client;

  /**
   * @param {End} server
   * @param {End} client
   */
  constructor(server, client) {
    this.#server = server;
    this.#client = client;
  }

  /**
   * @param {{ contender: string, scenario: string }} names
   * @param {(role: 'server' | 'client') => readonly string[]} [profiling]
   */
  static async start({ contender, scenario }, profiling) {
    const server = new End(['server', contender], profiling?.('server'));
    try {
      const url = String(await server.answer());
      const client = new End(['client', contender, scenario, url], profiling?.('client'));
      const pair = new Pair(server, client);
      await client.answer().catch(async (error) => {
        await client.stop();
        throw error;
      });
      return pair;
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  /**
   * What the scenario measures, over so many calls.
   * @param {number} calls
   */
  async measure(calls) {
    return Number(await this.#client.ask(calls));
  }

  async stop() {
    await this.#client.stop();
    await this.#server.stop();
  }
}
