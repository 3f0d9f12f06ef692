import { calls } from './calls.mjs';

const measured = calls({ inFlight: 128, counted: true });

/**
 * What a call costs on a connection that has made so many before, in a process that has made many: `size` calls.
 * @param {number} earlier
 * @returns {import('../load.mjs').Load}
 */
export function callsAfter(earlier) {
  return {
    ...measured,
    async run(_, size, connect) {
      const clients = [await connect()];
      await measured.run(clients, earlier, connect);
      return measured.run(clients, size, connect);
    },
  };
}
