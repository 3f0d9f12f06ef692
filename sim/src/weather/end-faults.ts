import type { Mood } from '../ends/moods.ts';
import type { SeededRandom } from '../loop/seeded-random.ts';
import type { Fault } from './fault.ts';
import { cut } from './line-faults.ts';
import type { Storm } from './storm.ts';

const longestDownMs = 3000;
const longestSleepMs = 20_000;
const longestContextMs = 5000;

/** A dial is about to be made, so that what becomes of its context matters. */
function provokeDial({ parts, random }: Storm): void {
  const line = random.any(parts.network.alive);
  if (line && random.chance(0.7)) cut(line, random);
}

function moodWith(outcome: (random: SeededRandom) => Mood['outcome']): Fault['strike'] {
  return (storm) => {
    const { random, parts } = storm;
    const ms = random.chance(0.6) ? random.uniform() * random.pick([20, 500, longestContextMs]) : 0;
    parts.moods.push({ ms, outcome: outcome(random) });
    provokeDial(storm);
    return true;
  };
}

/** Faults of the ends. */
export const endFaults: readonly Fault[] = [
  { name: 'slow context', weight: 2, strike: moodWith(() => 'made') },
  { name: 'context in trouble', weight: 1, strike: moodWith(() => 'trouble') },
  {
    name: 'context refuses',
    weight: 0.5,
    strike: moodWith((random) => random.pick(['unauthorized', 'forbidden', 'bad-request'])),
  },
  {
    name: 'server crash',
    weight: 0.4,
    strike: ({ harbour, random }) => {
      if (!harbour.server) return false;
      harbour.restart('crash', random.uniform() * longestDownMs);
      return true;
    },
  },
  {
    name: 'server close',
    weight: 0.3,
    strike: ({ harbour, random }) => {
      if (!harbour.server) return false;
      harbour.restart('close', random.uniform() * longestDownMs);
      return true;
    },
  },
  {
    name: 'session ended by the application',
    weight: 0.4,
    strike: ({ harbour }) => harbour.server?.endOne() === true,
  },
  {
    name: 'client sleeps',
    weight: 1.5,
    strike: ({ clients, random }) => {
      const ms = random.uniform() * random.pick([50, 1000, 4000, longestSleepMs]);
      random.any(clients)?.machine.sleep(ms, random.chance(0.5));
      return clients.length > 0;
    },
  },
  {
    name: 'server sleeps',
    weight: 1.5,
    strike: ({ harbour, random }) => {
      const ms = random.uniform() * random.pick([50, 1000, longestSleepMs]);
      harbour.server?.machine.sleep(ms, random.chance(0.5));
      return harbour.server !== undefined;
    },
  },
  {
    name: 'params fail',
    weight: 0.7,
    strike: (storm) => {
      const client = storm.random.any(storm.clients);
      if (client) client.paramsFail += storm.random.whole(1, 2);
      if (client) provokeDial(storm);
      return client !== undefined;
    },
  },
  {
    name: 'another identity',
    weight: 0.6,
    strike: (storm) => {
      if (!storm.parts.plan.identities) return false;
      const client = storm.random.any(storm.clients);
      if (client) client.user = storm.random.pick(['ada', 'bob', 'cyd']);
      if (client) provokeDial(storm);
      return client !== undefined;
    },
  },
];
