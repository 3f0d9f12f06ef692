import { hash, Seeded } from '../seeded.mjs';

/**
 * What befalls a line.
 * @typedef {object} Fault
 * @property {FaultKind} kind
 * @property {number} after In ms, since the fault before it was over or both ends had the time to notice it.
 * @property {number} lasts In ms; 0 for what is over at once.
 * @property {'up' | 'down' | 'both'} way `up` is from the client to the server.
 * @property {number} share How far into a chunk it cuts, or how fast a throttled line is: above 0, below 1.
 * @property {boolean} reset Whether a cut is a reset (RST) or an ordinary close (FIN).
 */

/** @typedef {keyof typeof kinds} FaultKind */

/** How often each kind is drawn, and for how many ms it lasts. */
const kinds = {
  /** Both ends lose the socket at once. */
  cut: { weight: 28, lasts: [0, 0] },
  /** A part of a chunk is delivered, then both ends lose the socket. */
  'cut in a frame': { weight: 22, lasts: [0, 0] },
  /** The line is cut, and the next socket again, while its HTTP upgrade is half sent. */
  'cut in the upgrade': { weight: 8, lasts: [0, 0] },
  /** One end loses the socket; the other believes in it until much later. */
  'cut on one side': { weight: 12, lasts: [500, 9000] },
  /** Nothing is forwarded for a while, then all of it. */
  stall: { weight: 12, lasts: [200, 4000] },
  /** A few KB a second. */
  throttle: { weight: 6, lasts: [1000, 4000] },
  /** Whatever is sent vanishes, and neither end is told for long. */
  'half-open': { weight: 4, lasts: [8000, 20_000] },
  /** The line is cut, and nobody answers a dial for a while. */
  refuse: { weight: 8, lasts: [100, 2000] },
};

/** @type {readonly FaultKind[]} */
export const faultKinds = /** @type {FaultKind[]} */ (Object.keys(kinds));

const weights = /** @type {Record<FaultKind, number>} */ (
  Object.fromEntries(Object.entries(kinds).map(([kind, { weight }]) => [kind, weight]))
);

/**
 * The faults of one line, without end: they follow from the seed and the line's number alone.
 * @param {number} seed
 * @param {number} line
 * @returns {Generator<Fault, never, undefined>}
 */
export function* faultSchedule(seed, line) {
  const random = new Seeded(seed, 'line', line);
  while (true) {
    const kind = random.weighted(weights);
    const [shortest = 0, longest = 0] = kinds[kind].lasts;
    yield {
      kind,
      after: pause(random),
      lasts: Math.round(random.between(shortest, longest)),
      way: random.pick(['up', 'down', 'both']),
      share: random.between(0.01, 0.99),
      reset: random.chance(0.5),
    };
  }
}

/**
 * Half of the pauses let a session hold (5 s of it restarts a client's backoff), half come on top of the last fault.
 * @param {Seeded} random
 */
function pause(random) {
  return Math.round(random.chance(0.5) ? random.between(20, 1500) : random.between(5000, 6500));
}

/**
 * When the server is killed, and for how long it stays away.
 * @param {number} seed
 * @returns {Generator<{ readonly after: number, readonly away: number }, never, undefined>}
 */
export function* restartSchedule(seed) {
  const random = new Seeded(seed, 'restarts');
  while (true) {
    yield { after: Math.round(random.between(8000, 30_000)), away: Math.round(random.between(50, 2500)) };
  }
}

/**
 * A name for the schedule, to compare two runs by: the faults of all lines in the first `faults` of each.
 * @param {number} seed
 * @param {number} lines
 */
export function scheduleName(seed, lines, faults = 1000) {
  let text = '';
  for (let line = 0; line < lines; line++) {
    const schedule = faultSchedule(seed, line);
    for (let i = 0; i < faults; i++) text = String(hash(text + JSON.stringify(schedule.next().value)));
  }
  return Number(text).toString(16).padStart(8, '0');
}
