import { Child } from '../child.mjs';
import { pinned } from '../processes.mjs';

/** A contender's server and client, connected and checked. */
export class SpeedPair {
  #server;
  #client;
  #value;

  /**
   * @param {Child} server
   * @param {Child} client
   * @param {import('./speed-scenario.mjs').SpeedScenario} scenario
   */
  constructor(server, client, { value }) {
    this.#server = server;
    this.#client = client;
    this.#value = value;
  }

  /**
   * @param {string} contender
   * @param {string} transformer
   * @param {import('./speed-scenario.mjs').SpeedScenario} scenario
   */
  static async start(contender, transformer, scenario) {
    const { name, cores, node = [] } = scenario;
    const server = end(['server', contender, transformer], 0, node);
    try {
      const url = String(await server.answer());
      const client = end(['client', contender, transformer, name, url], cores === 'one' ? 0 : 1, []);
      try {
        await client.answer();
        return new SpeedPair(server, client, scenario);
      } catch (error) {
        await client.stop();
        throw error;
      }
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  /**
   * What the scenario measures.
   * @param {number} size
   * @returns {Promise<number>}
   */
  async measure(size) {
    const before = await this.#server.ask('look');
    const done = await this.#client.ask(size);
    const after = await this.#server.ask('look');
    return this.#value({
      ...done,
      serverCpu: after.cpu - before.cpu,
      serverMemory: after.memory - before.memory,
    });
  }

  async stop() {
    await this.#client.stop();
    await this.#server.stop();
  }
}

/**
 * @param {readonly string[]} args
 * @param {number} core
 * @param {readonly string[]} node
 */
function end(args, core, node) {
  const prefix = pinned ? ['taskset', '-c', String(core)] : [];
  return new Child('speed/speed-end.mjs', args, { prefix, node });
}
