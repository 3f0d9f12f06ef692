import { aborts } from './loads/aborts.mjs';
import { calls } from './loads/calls.mjs';
import { callsAfter } from './loads/calls-after.mjs';
import { microsecondsEach, perSecond } from './measured.mjs';

const contenders = ['bare-ws', 'bare-ws-batched', 'hawser', 'trpc'];

const rates = /** @type {const} */ ({
  unit: 'calls/s',
  better: 'more',
  cores: 'two',
  value: perSecond,
  size: 1000,
  warmUp: 2000,
  rounds: 6,
  roundsEach: 3,
});

const costs = /** @type {const} */ ({ ...rates, unit: 'µs', better: 'less', value: microsecondsEach });

/** What must not grow with sockets, calls made, procedures, or calls that wait. */
/** @type {readonly import('./speed-scenario.mjs').SpeedScenario[]} */
export const linearScenarios = [
  ...[1, 10, 100, 1000].map((sockets) => ({
    ...rates,
    name: `sockets-${sockets}`,
    title: `Calls, 8 in flight on each of ${sockets.toLocaleString('en')} sockets`,
    load: calls({ inFlight: 8, sockets }),
    contenders,
  })),
  ...[1, 1000, 100_000].map((earlier) => ({
    ...costs,
    name: `after-${earlier}`,
    title: `A call, 128 in flight, on a connection that has made ${earlier.toLocaleString('en')}`,
    load: callsAfter(earlier),
    size: 5000,
    warmUp: 100_000,
    contenders,
  })),
  {
    ...rates,
    name: 'procedures',
    title: 'Calls, 128 in flight, to routers of 5 and of 500 procedures',
    load: calls({ inFlight: 128 }),
    contenders: ['bare-ws', 'bare-ws-batched', 'hawser', 'hawser-500', 'trpc', 'trpc-500'],
  },
  {
    ...costs,
    name: 'aborts',
    title: 'Each of 32,000 calls that wait and are aborted',
    cores: 'two',
    load: aborts,
    size: 32_000,
    warmUp: 1000,
    contenders: ['hawser', 'hawser-link', 'trpc'],
  },
];
