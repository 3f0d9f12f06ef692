const mostRounds = 20_000;

/** Until every microtask has run. */
export function microtasks(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Drains microtasks and takes steps, in turns, until no step has anything left to do. */
export async function settle(steps: readonly (() => boolean)[]): Promise<void> {
  for (let round = 0; round < mostRounds; round++) {
    await microtasks();
    let moved = false;
    for (const step of steps) if (step()) moved = true;
    if (!moved) return;
  }
  throw new Error(`Not settled after ${mostRounds} rounds`);
}
