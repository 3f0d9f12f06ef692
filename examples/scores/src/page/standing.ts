import type { Fixture, Incident, Item } from '../server/news.js';

/** What a page knows, made of nothing but the news that it was sent. */
export interface Standing {
  readonly round: number;
  readonly fixtures: readonly Fixture[];
  /** Of this round, oldest first. */
  readonly incidents: readonly Incident[];
  /** Number of the last news. */
  readonly seq: number;
  /** What the numbers say, whatever the library says. */
  readonly missing: number;
  readonly repeated: number;
  /** How often the news began with a table. */
  readonly tables: number;
  /** The number before those that the last table left out, and how many these were. */
  readonly leftOut: number;
}

export const nothingYet: Standing = {
  round: 0,
  fixtures: [],
  incidents: [],
  seq: 0,
  missing: 0,
  repeated: 0,
  tables: 0,
  leftOut: 0,
};

export function learn(known: Standing, item: Item): Standing {
  if (item.type === 'table') {
    const { round, fixtures, incidents, seq } = item;
    const leftOut = known.seq === 0 ? 0 : Math.max(0, (incidents[0]?.seq ?? seq + 1) - known.seq - 1);
    return { ...known, round, fixtures, incidents, seq, tables: known.tables + 1, leftOut };
  }
  if (item.seq <= known.seq) return { ...known, repeated: known.repeated + 1 };
  const next = { ...known, seq: item.seq, missing: known.missing + item.seq - known.seq - 1 };
  if (item.type === 'round') return { ...next, round: item.round, fixtures: item.fixtures, incidents: [] };
  return { ...next, incidents: [...known.incidents, item] };
}

export function goals(incidents: readonly Incident[], side: Incident['side']): number {
  return incidents.filter((incident) => incident.kind === 'goal' && incident.side === side).length;
}
