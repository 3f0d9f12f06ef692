import type { Client } from '../ends/client.ts';
import type { SeededRandom } from '../loop/seeded-random.ts';
import type { Line } from '../network/line.ts';
import type { DialFate } from '../network/network.ts';
import type { Fault } from './fault.ts';
import type { Storm } from './storm.ts';

const abnormal = 1006;
const longestStallMs = 6000;
const longestNewsMs = 12_000;
const longestOverlapMs = 1500;
const dialOnMs = 6000;
const dialOnEveryMs = 150;

/** When an end is told of a cut: at once, later, or never, so that it has to find out. */
function news(random: SeededRandom, code: number): { code: number; delay: number } | undefined {
  const dice = random.uniform();
  if (dice < 0.4) return { code, delay: 0 };
  if (dice < 0.7) return { code, delay: random.between(1, 1000) };
  if (dice < 0.85) return { code, delay: random.between(1000, longestNewsMs) };
  return undefined;
}

/** Of what is on its way, a prefix arrives in each direction. */
export function cut(line: Line, random: SeededRandom, code = abnormal): void {
  for (const flow of [line.toServer, line.toClient]) {
    flow.release();
    flow.sever(random.whole(0, flow.underWay), news(random, code));
  }
}

function strikeLine(strike: (line: Line, storm: Storm) => void): Fault['strike'] {
  return (storm) => {
    const line = storm.random.any(storm.parts.network.alive);
    if (line) strike(line, storm);
    return line !== undefined;
  };
}

function stall(directions: (line: Line, random: SeededRandom) => Line['toServer'][]): Fault['strike'] {
  return strikeLine((line, { parts, random }) => {
    const flows = directions(line, random);
    for (const flow of flows) flow.stall();
    parts.loop.in(random.uniform() * longestStallMs, () => {
      for (const flow of flows) flow.release();
    });
  });
}

/**
 * The client loses its socket while frames of it are still on their way, and they arrive when its next dial is
 * being decided about, or has been.
 */
function overlap(line: Line, storm: Storm): void {
  const { parts, random } = storm;
  line.toServer.stall();
  storm.later(random.uniform() * 500, () => {
    parts.moods.push({ ms: random.between(0, longestOverlapMs), outcome: 'made' });
    outlive(line, storm);
  });
}

/** The client loses its socket; what it has said on it, and is stalled, arrives all the same, later. */
export function outlive({ toServer, toClient }: Line, { parts, random }: Storm): void {
  toServer.stall();
  toClient.sever(0, { code: abnormal, delay: 0 });
  parts.loop.in(random.uniform() * longestOverlapMs, () => toServer.release());
}

const fates: readonly [DialFate, ...DialFate[]] = ['refused', 'refused', 'never', 'late', 'late', 'deaf'];

/** Faults of the network. */
export const lineFaults: readonly Fault[] = [
  { name: 'cut', weight: 6, strike: strikeLine((line, { random }) => cut(line, random)) },
  {
    name: 'cut of all lines',
    weight: 2,
    strike: ({ parts, random }) => {
      const lines = parts.network.alive;
      for (const line of lines) cut(line, random);
      return lines.length > 0;
    },
  },
  { name: 'stall', weight: 2, strike: stall((line) => [line.toServer, line.toClient]) },
  {
    name: 'stall one way',
    weight: 3,
    strike: stall((line, random) => [random.pick([line.toServer, line.toClient])]),
  },
  {
    name: 'half-open',
    weight: 2,
    strike: strikeLine((line) => {
      line.toServer.sever(0);
      line.toClient.sever(0);
    }),
  },
  {
    name: 'half-open one way',
    weight: 2,
    strike: strikeLine((line, { random }) => random.pick([line.toServer, line.toClient]).sever(0)),
  },
  { name: 'overlap', weight: 3, strike: strikeLine(overlap) },
  {
    name: 'clean close from outside',
    weight: 2,
    strike: strikeLine((line, { random }) => cut(line, random, random.pick([1000, 1001, 1012]))),
  },
  {
    name: 'dials go wrong',
    weight: 1.5,
    strike: ({ parts, random }) => {
      for (let left = random.whole(1, 3); left > 0; left--) parts.network.fates.push(random.pick(fates));
      return true;
    },
  },
  {
    name: 'welcomes to be lost',
    weight: 2,
    strike: (storm) => {
      storm.welcomesToLose += storm.random.whole(1, 2);
      const line = storm.random.any(storm.parts.network.alive);
      if (line) cut(line, storm.random);
      return true;
    },
  },
  {
    name: 'hellos to be late',
    weight: 1,
    strike: (storm) => {
      storm.hellosToHold += storm.random.whole(1, 2);
      const line = storm.random.any(storm.parts.network.alive);
      if (line) cut(line, storm.random);
      return true;
    },
  },
  {
    name: 'large frames to be poison',
    weight: 1,
    strike: (storm) => {
      const { random } = storm;
      storm.poison = random.between(100, 2500);
      // One that is dialled for over and over may be given up.
      const stubborn = random.chance(0.3);
      if (stubborn) for (const client of storm.clients) dialOn(client, storm);
      storm.later(stubborn ? dialOnMs : random.between(500, 5000), () => {
        storm.poison = Number.POSITIVE_INFINITY;
      });
      return true;
    },
  },
];

/** Dials again as soon as the connection comes to rest, for a while. */
function dialOn(client: Client, storm: Storm): void {
  for (let ms = 0; ms < dialOnMs; ms += dialOnEveryMs) storm.later(ms, () => client.connection.retry());
}
