import { calls } from './loads/calls.mjs';
import { stream } from './loads/stream.mjs';
import { cpuEach } from './measured.mjs';
import { floor } from './speed-contender.mjs';

const cpu = /** @type {const} */ ({
  unit: 'µs',
  better: 'less',
  cores: 'two',
  value: cpuEach,
  rounds: 20,
  roundsEach: 4,
  contenders: [floor, 'hawser'],
});

/**
 * CPU time of both ends together, beside that of the floor, for `check-speed.mjs`: other work on the machine hardly
 * changes it, and a machine that is slower is so for both. The floor makes as many system calls as Hawser, so that what
 * these cost on a machine is in both as well.
 * @type {readonly import('./speed-scenario.mjs').SpeedScenario[]}
 */
export const cpuScenarios = [
  {
    ...cpu,
    name: 'cpu-128',
    title: 'CPU time of a call, 128 in flight',
    load: calls({ inFlight: 128, counted: true }),
    size: 15_000,
    warmUp: 30_000,
  },
  {
    ...cpu,
    name: 'cpu-1',
    title: 'CPU time of a call, one in flight',
    load: calls({ inFlight: 1, counted: true }),
    size: 3000,
    warmUp: 10_000,
  },
  {
    ...cpu,
    name: 'cpu-stream',
    title: 'CPU time of an item of a stream',
    load: stream,
    size: 60_000,
    warmUp: 120_000,
  },
];
