interface Holding<T> {
  readonly entries: T[];
  weight: number;
}

/**
 * Who has to go first, and then: always the first entry of the owner whose entries weigh most. Entries of no weight
 * are of no use to whoever needs room, and are not named.
 */
export function* fairly<T>(
  entries: Iterable<T>,
  ownerOf: (entry: T) => string,
  weightOf: (entry: T) => number,
): Generator<T, void, undefined> {
  const holdings = new Map<string, Holding<T>>();
  for (const entry of entries) {
    const weight = weightOf(entry);
    if (weight <= 0) continue;
    const owner = ownerOf(entry);
    const holding = holdings.get(owner) ?? { entries: [], weight: 0 };
    holding.entries.push(entry);
    holding.weight += weight;
    holdings.set(owner, holding);
  }
  for (const holding of holdings.values()) holding.entries.reverse();
  for (let most = heaviest(holdings); most > 0; most = heaviest(holdings)) {
    // All that hold as much are served in one pass: with many owners of one entry each, that is all of them.
    for (const holding of holdings.values()) {
      if (holding.weight < most) continue;
      const entry = holding.entries.pop();
      if (entry === undefined) holding.weight = 0;
      else {
        holding.weight -= weightOf(entry);
        yield entry;
      }
    }
  }
}

function heaviest<T>(holdings: ReadonlyMap<string, Holding<T>>): number {
  let most = 0;
  for (const { weight } of holdings.values()) most = Math.max(most, weight);
  return most;
}
