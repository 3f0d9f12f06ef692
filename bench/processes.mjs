import { spawnSync } from 'node:child_process';
import { Child } from './child.mjs';

/** Both ends on one core: then a call's time is the work of both, and no scheduler's choice is in it. */
const pin = ['taskset', '-c', '0'];
export const pinned = spawnSync('taskset', ['-c', '0', 'true']).status === 0;

/**
 * A process at one end.
 * @param {readonly string[]} args
 * @param {readonly string[] | undefined} profiling Options for Node; an end that is profiled is not pinned.
 */
function start(args, profiling) {
  const prefix = pinned && !profiling ? pin : [];
  return new Child('end.mjs', args, { prefix, ...(profiling && { node: profiling }) });
}

/** A contender's server and client, connected and checked. */
export class Pair {
  #server;
  #client;

  /**
   * @param {Child} server
   * @param {Child} client
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
    const server = start(['server', contender], profiling?.('server'));
    try {
      const url = String(await server.answer());
      const client = start(['client', contender, scenario, url], profiling?.('client'));
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
    const before = Number(await this.#server.ask('cpu'));
    const { answer, cpu } = await this.#client.ask(calls);
    const after = Number(await this.#server.ask('cpu'));
    return Number(answer ?? ((cpu + after - before) / calls) * 1000);
  }

  async stop() {
    await this.#client.stop();
    await this.#server.stop();
  }
}
