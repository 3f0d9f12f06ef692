/** What happened in worlds, in numbers. */
export interface Tally {
  worlds: number;
  events: number;
  queries: number;
  mutations: number;
  subscriptions: number;
  /** Calls of servers among them, without subscriptions. */
  serverCalls: number;
  /** Streams inside values, and their items that were taken. */
  strands: number;
  strandItems: number;
  items: number;
  gaps: number;
  /** Subscriptions of channels, what was published, and what of it was given to subscribers. */
  feeds: number;
  published: number;
  fed: number;
  resumes: number;
  readonly faults: Record<string, number>;
  readonly lost: Record<string, number>;
  readonly settled: Record<string, number>;
  /** What else channels gave. */
  readonly channels: Record<string, number>;
}

export function newTally(): Tally {
  return {
    worlds: 0,
    events: 0,
    queries: 0,
    mutations: 0,
    subscriptions: 0,
    serverCalls: 0,
    strands: 0,
    strandItems: 0,
    items: 0,
    gaps: 0,
    feeds: 0,
    published: 0,
    fed: 0,
    resumes: 0,
    faults: {},
    lost: {},
    settled: {},
    channels: {},
  };
}

export function count(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}
