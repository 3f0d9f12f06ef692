import type { ChannelsPlan } from './channels-plan.ts';
import { drawChannels } from './channels-plan.ts';
import type { SeededRandom } from './loop/seeded-random.ts';
import type { LineTraits } from './network/line.ts';

/** What a world is like, drawn from its seed. Bounds are tiny: at the usual ones no edge is ever reached. */
export interface Plan {
  readonly clients: number;
  /** Length of the time in which things go wrong, in ms. */
  readonly stormMs: number;
  /** Faults a second. */
  readonly weather: number;
  /** Acts of a user a second. */
  readonly bustle: number;
  /** Whether clocks go at different rates. */
  readonly ratesDiffer: boolean;
  /** Whether users abort, leave, close, and set deadlines. */
  readonly cancels: boolean;
  /** Whether queries and mutations time out after silence. */
  readonly timeoutMs: number;
  readonly identities: boolean;
  /** Whether `params` is asked for, and whether it takes its time. */
  readonly params: 'none' | 'at-once' | 'slow';
  readonly handshakeMs: number;
  readonly announced: {
    readonly window: number;
    readonly windowBytes: number;
    readonly heartbeat: number;
    readonly calls: number;
    readonly streamItems: number;
    readonly streamBytes: number;
    readonly messageBytes: number;
    readonly valueBytes: number;
  };
  readonly constants: {
    readonly firstItems: number;
    readonly firstBytes: number;
    readonly ackFrames: number;
    readonly ackBytes: number;
    readonly pongGrace: number;
    readonly cleanCloseWindow: number;
    readonly answerBytes: number;
    readonly unfinished: number;
  };
  /**
   * Constants of core alone. `wholeLength`: a message that is longer travels in parts. No time passes within an event,
   * so a turn is either never spent or, with a `turnMs` of 0, whenever the clock is read.
   */
  readonly tuned: { readonly wholeLength: number; readonly turnMs: number; readonly clockEvery: number };
  /** How much of what is asked and answered holds streams, and how much bytes; 0 to 1. */
  readonly strands: number;
  readonly blobs: number;
  /** Acts of a server that calls its clients, a second. */
  readonly callsBack: number;
  /** Bounds on what the server keeps for its clients. */
  readonly keeping: { readonly bytes: number; readonly absentSessions: number };
  readonly lines: LineTraits;
  /** Length of the largest input, answer or item, without its bytes, and of the bytes. */
  readonly largest: number;
  readonly largestBlob: number;
  readonly channels: ChannelsPlan | undefined;
}

/** Calls and streams at a time, where there are never too many. */
export const usualCalls = 4096;

/** Values of bytes that one message has at most. */
export const mostBlobs = 2;

/** Bytes that a character takes at most. */
const utf8 = 3;

/** What a message has beside its padding and its bytes, at most. */
const mostRows = 1500;

const roomy = 256 * 1024 * 1024;
const manySessions = 20_000;
const latencies: readonly [readonly [number, number], ...(readonly [number, number])[]] = [
  [0.1, 2],
  [1, 10],
  [5, 40],
  [30, 250],
];

/** A byte in a buffer counts so much in some worlds that its bound is reached: by 4 KiB, or by half of one. */
const heavy: readonly [number, number] = [64, 512];

/** `channelRandom` draws its channels. */
export function drawPlan(random: SeededRandom, channelRandom: SeededRandom): Plan {
  const largest = random.pick([200, 1000, 3000]);
  const largestBlob = random.pick([60, 600, 4000]);
  return {
    clients: random.pick([1, 1, 1, 2, 2, 3]),
    stormMs: random.between(4_000, 24_000),
    weather: random.pick([0.3, 0.8, 1.5, 3]),
    bustle: random.pick([0.7, 1.3, 2.2]),
    ratesDiffer: random.chance(0.5),
    cancels: random.chance(0.5),
    timeoutMs: random.chance(0.05) ? random.between(4_000, 20_000) : Number.POSITIVE_INFINITY,
    identities: random.chance(0.3),
    params: random.pick(['none', 'at-once', 'at-once', 'slow']),
    handshakeMs: random.pick([1_000, 3_000, 10_000]),
    announced: drawLimits(random, largest, largestBlob),
    constants: drawConstants(random),
    keeping: drawKeeping(random, largest + largestBlob),
    lines: drawLines(random),
    tuned: {
      wholeLength: random.chance(0.3) ? 65_536 : drawWhole(random, largest + largestBlob),
      turnMs: random.chance(0.5) ? 0 : 4,
      clockEvery: 2 + random.below(15),
    },
    strands: random.pick([0, 0.05, 0.15, 0.2]),
    blobs: random.pick([0, 0.05, 0.05, 0.2]),
    callsBack: random.pick([0, 0, 0.3, 0.6]),
    largest,
    largestBlob,
    channels: drawChannels(channelRandom, { largest, largestBlob }),
  };
}

/** The largest messages have some parts, and not very many. */
function drawWhole(random: SeededRandom, length: number): number {
  return Math.floor(Math.max(100, length / random.pick([1.5, 3, 8])));
}

function drawLimits(random: SeededRandom, largest: number, largestBlob: number): Plan['announced'] {
  // Room for one message of the largest, and seldom for two at a time.
  const narrow = random.chance(0.15);
  return {
    window: random.chance(0.1) ? 0 : random.pick([1_500, 4_000, 10_000, 10_000, 30_000, 120_000]),
    windowBytes: random.pick([512, 1024, 2048, 4096]),
    heartbeat: random.pick([500, 1_000, 2_000, 2_000, 6_000]),
    calls: random.chance(0.3) ? random.whole(2, 6) : usualCalls,
    streamItems: random.pick([2, 4, 8, 64, 4096]),
    streamBytes: random.pick([300, 1_000, 4_000, 1024 * 1024]),
    messageBytes: narrow ? largest * utf8 + mostRows : 4 * 1024 * 1024,
    valueBytes: narrow ? 3 * largestBlob * mostBlobs : 64 * 1024 * 1024,
  };
}

function drawConstants(random: SeededRandom): Plan['constants'] {
  const usual = random.chance(0.2);
  return {
    firstItems: usual ? 64 : random.whole(2, 8),
    firstBytes: usual ? 256 * 1024 : random.pick([300, 1_000, 4_000]),
    ackFrames: usual ? 32 : random.whole(2, 8),
    ackBytes: usual ? 65_536 : random.pick([500, 2_000]),
    pongGrace: random.pick([1_000, 3_000, 5_000]),
    cleanCloseWindow: random.pick([500, 5_000]),
    answerBytes: random.chance(0.05) ? random.whole(6_000, 40_000) : 16 * 1024 * 1024,
    unfinished: random.pick([1, 2, 4, 4]),
  };
}

function drawKeeping(random: SeededRandom, length: number): Plan['keeping'] {
  return {
    bytes: random.chance(0.08) ? random.whole(1_000, 6_000) + 2 * length : roomy,
    absentSessions: random.chance(0.1) ? random.whole(0, 2) : manySessions,
  };
}

function drawLines(random: SeededRandom): LineTraits {
  const deaf = random.chance(0.1);
  return {
    latency: random.pick(latencies),
    weight: random.chance(0.35) ? random.pick(heavy) : 1,
    bursts: random.chance(0.3),
    tellsAtOnce: random.chance(0.3),
    keepsUnsent: random.chance(0.5),
    losesAcks: { client: deaf && random.chance(0.6), server: deaf && random.chance(0.6) },
  };
}
