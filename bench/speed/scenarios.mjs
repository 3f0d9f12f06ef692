import { linearScenarios } from './linear-scenarios.mjs';
import { calls, oneAtATime } from './loads/calls.mjs';
import { idle, idleThenCalled } from './loads/idle.mjs';
import { news } from './loads/news.mjs';
import { stream, streamBeside } from './loads/stream.mjs';
import { bytesEach, figure, kibibytesEach, perSecond, serverCpuEach } from './measured.mjs';
import { bare, own, peers } from './speed-contender.mjs';

const rounds = { rounds: 12, roundsEach: 4 };

const throughput = /** @type {const} */ ({
  unit: 'calls/s',
  better: 'more',
  cores: 'two',
  value: perSecond,
  size: 1000,
  warmUp: 3000,
  ...rounds,
});

const latency = /** @type {const} */ ({
  unit: 'µs',
  better: 'less',
  load: oneAtATime,
  value: figure,
  size: 2000,
  warmUp: 10_000,
  ...rounds,
});

const fanOut = /** @type {const} */ ({
  unit: 'deliveries/s',
  better: 'more',
  cores: 'two',
  value: perSecond,
  size: 100,
  warmUp: 100,
  contenders: [...own, 'hawser-channel', ...peers],
  ...rounds,
});

const bytes = /** @type {const} */ ({
  unit: 'bytes',
  better: 'less',
  cores: 'two',
  value: bytesEach,
  size: 20_000,
  warmUp: 1000,
  rounds: 3,
  roundsEach: 3,
});

const memory = /** @type {const} */ ({
  unit: 'KiB',
  better: 'less',
  cores: 'two',
  value: kibibytesEach,
  warmUp: 0,
  rounds: 5,
  roundsEach: 1,
  // A young generation that grows with the connections would be counted as theirs.
  node: ['--expose-gc', '--max-semi-space-size=1'],
});

/** @type {readonly import('./speed-scenario.mjs').SpeedScenario[]} */
export const scenarios = [
  {
    ...throughput,
    name: 'calls-128',
    title: 'Calls, 128 in flight on one socket',
    load: calls({ inFlight: 128 }),
  },
  {
    ...throughput,
    name: 'calls-1024',
    title: 'Calls, 1,024 in flight on one socket',
    load: calls({ inFlight: 1024 }),
  },
  {
    ...throughput,
    name: 'calls-200x8',
    title: 'Calls, 200 sockets with 8 in flight each',
    load: calls({ inFlight: 8, sockets: 200 }),
  },
  { ...latency, name: 'calls-1', title: 'One call in flight, both ends on one core', cores: 'one' },
  {
    ...latency,
    name: 'calls-1-apart',
    title: 'One call in flight, each end on a core of its own',
    cores: 'two',
  },
  {
    ...throughput,
    name: 'stream',
    title: 'Items of one subscription, as fast as they are read',
    unit: 'items/s',
    load: stream,
    size: 100_000,
    warmUp: 200_000,
  },
  { ...fanOut, name: 'fan-out-500', title: 'Events to 500 sockets', load: news(500) },
  { ...fanOut, name: 'fan-out-1000', title: 'Events to 1,000 sockets', load: news(1000) },
  {
    name: 'stall',
    title: 'Worst call while another socket streams 100,000 items',
    unit: 'ms',
    better: 'less',
    cores: 'two',
    load: streamBeside,
    value: figure,
    size: 100_000,
    warmUp: 100_000,
    ...rounds,
  },
  {
    ...bytes,
    name: 'bytes-1',
    title: 'Bytes of a call, one in flight: what TCP carries, both ways',
    load: calls({ inFlight: 1, counted: true }),
  },
  {
    ...bytes,
    name: 'bytes-128',
    title: 'Bytes of a call, 128 in flight: what TCP carries, both ways',
    load: calls({ inFlight: 128, counted: true }),
  },
  {
    ...throughput,
    name: 'server-cpu',
    title: "The server's CPU time of a validated call behind one middleware, 128 in flight",
    unit: 'µs',
    better: 'less',
    load: calls({ inFlight: 128, procedure: 'guarded' }),
    value: serverCpuEach,
  },
  { ...memory, name: 'memory', title: "The server's memory for an idle connection", load: idle, size: 5000 },
  {
    ...memory,
    name: 'memory-18000',
    title: '18,000 idle connections, held and answered',
    load: idleThenCalled,
    size: 18_000,
    rounds: 1,
    contenders: [bare, 'hawser'],
  },
  ...linearScenarios,
];
