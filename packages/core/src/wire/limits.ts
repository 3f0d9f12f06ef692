export interface Limit {
  readonly default: number;
  readonly unit: 'ms' | 'bytes' | 'count';
  /** Whether `welcome` announces it; the others are constants of the protocol. */
  readonly announced: boolean;
}

/** Every bound of the protocol. Senders queue at an announced one, receivers enforce it. */
export const limits = {
  calls: { default: 4096, unit: 'count', announced: true },
  messageBytes: { default: 4 * 1024 * 1024, unit: 'bytes', announced: true },
  valueBytes: { default: 64 * 1024 * 1024, unit: 'bytes', announced: true },
  frameBytes: { default: 4 * 1024 * 1024 + 65_536, unit: 'bytes', announced: true },
  streamItems: { default: 4096, unit: 'count', announced: true },
  streamBytes: { default: 1024 * 1024, unit: 'bytes', announced: true },
  window: { default: 0, unit: 'ms', announced: true },
  windowBytes: { default: 1024 * 1024, unit: 'bytes', announced: true },
  heartbeat: { default: 10_000, unit: 'ms', announced: true },
  spread: { default: 50, unit: 'ms', announced: true },
  handshake: { default: 10_000, unit: 'ms', announced: false },
  pongGrace: { default: 5000, unit: 'ms', announced: false },
  earlyFrames: { default: 16, unit: 'count', announced: false },
  earlyBytes: { default: 65_536, unit: 'bytes', announced: false },
  firstItems: { default: 64, unit: 'count', announced: false },
  firstBytes: { default: 256 * 1024, unit: 'bytes', announced: false },
  ackFrames: { default: 128, unit: 'count', announced: false },
  ackBytes: { default: 65_536, unit: 'bytes', announced: false },
  unfinished: { default: 4, unit: 'count', announced: false },
  answerBytes: { default: 16 * 1024 * 1024, unit: 'bytes', announced: false },
  cleanCloseWindow: { default: 5000, unit: 'ms', announced: false },
} as const satisfies Record<string, Limit>;

export type LimitName = keyof typeof limits;
export type AnnouncedLimit = {
  [K in LimitName]: (typeof limits)[K]['announced'] extends true ? K : never;
}[LimitName];
/** The values in force on one session: what `welcome` announced, the table's defaults before it. */
export type Limits = Readonly<Record<AnnouncedLimit, number>>;

export const announcedLimits = (Object.keys(limits) as LimitName[]).filter(
  (name): name is AnnouncedLimit => limits[name].announced,
);

export const defaultLimits: Limits = Object.fromEntries(
  announcedLimits.map((name) => [name, limits[name].default]),
) as Record<AnnouncedLimit, number>;

/** What messages may be at most where either of two sets of limits allows it. */
export function wider(one: Limits, other: Limits): Limits {
  const calls = Math.max(one.calls, other.calls);
  const messageBytes = Math.max(one.messageBytes, other.messageBytes);
  const valueBytes = Math.max(one.valueBytes, other.valueBytes);
  const frameBytes = Math.max(one.frameBytes, other.frameBytes);
  return { ...one, calls, messageBytes, valueBytes, frameBytes };
}
