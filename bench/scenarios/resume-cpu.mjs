import { order } from '../payloads.mjs';
import { scenario as latency } from './latency.mjs';

const inFlight = 128;

/** @type {import('../contender.mjs').Scenario} */
export const scenario = {
  title: `What resume costs: CPU time of client and server, ${inFlight} calls in flight`,
  unit: 'µs a call',
  baseline: 'hawser-window-off',
  subject: 'hawser',
  others: ['hawser-window-off-too'],
  bar: 1.05,
  defaults: { warmUp: 40_000, rounds: 60, roundsEach: 5, calls: 40_000, profiled: 400_000 },

  check: latency.check,

  async measure(client, calls) {
    let made = 0;
    const callInTurn = async () => {
      while (made < calls) {
        const sent = order(made++);
        const answer = await client.echo(sent);
        if (/** @type {{ seq?: unknown }} */ (answer).seq !== sent.seq)
          throw new Error(`Call ${sent.seq} got another answer`);
      }
    };
    await Promise.all(Array.from({ length: inFlight }, callInTurn));
  },
};
