import type { SeededRandom } from './loop/seeded-random.ts';

/** What a channel of a world is like. Logs are tiny, or nobody ever falls behind one. */
export interface ChannelPlan {
  /** What its log holds. */
  readonly events: number;
  readonly bytes: number;
  /** How many keys its events have, and of how many the newest is kept whatever the log holds. */
  readonly keys: number;
  readonly keptKeys: number;
  /** Length of its largest event, without its bytes, and of the bytes. */
  readonly largest: number;
  readonly blob: number;
}

/** What channels a world has, and what is done with them. */
export interface ChannelsPlan {
  readonly rooms: readonly ChannelPlan[];
  /** Acts of whoever publishes, and of each who subscribes, a second. */
  readonly news: number;
  readonly interest: number;
  /** Whether the application puts other channels in their place while it runs. */
  readonly reopens: boolean;
  /** Whether the router writes otherwise than the channels do. */
  readonly writesAnew: boolean;
}

/** Most worlds have none. */
export function drawChannels(
  random: SeededRandom,
  { largest, largestBlob }: { readonly largest: number; readonly largestBlob: number },
): ChannelsPlan | undefined {
  if (!random.chance(0.3)) return undefined;
  const draw = (): ChannelPlan => ({
    events: random.pick([1, 3, 6, 12, 40]),
    // What a log counts for bytes is not followed.
    ...(random.chance(0.3)
      ? { bytes: random.whole(100, 1500), blob: 0 }
      : { bytes: Number.POSITIVE_INFINITY, blob: random.chance(0.2) ? largestBlob >> 2 : 0 }),
    keys: random.whole(1, 6),
    keptKeys: random.pick([1, 3, 1000]),
    largest: random.chance(0.8) ? 60 : largest >> 2,
  });
  return {
    rooms: Array.from({ length: random.pick([1, 1, 2]) }, draw),
    news: random.pick([0.5, 1, 2]),
    interest: random.pick([0.3, 0.6]),
    reopens: random.chance(0.4),
    writesAnew: random.chance(0.2),
  };
}
