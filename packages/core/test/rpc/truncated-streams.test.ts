import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { upTo } from '../harness/counted-stream.ts';
import { Reading } from '../harness/reading.ts';
import { procedure, serving } from '../harness/served-world.ts';
import { ValueCall } from '../harness/value-call.ts';
import { WatchedSource } from '../harness/watched-source.ts';
import { World } from '../harness/world.ts';

const total = 150;

/** Items of all sizes: a few travel in parts. */
const items = (): Iterable<unknown> =>
  upTo(total, (n) => [n, 'x'.repeat(n % 50 === 7 ? 70_000 : (n % 5) * 300)]);

/** What may happen to a call while its streams flow. */
const fates = {
  abort: (_: World, abort: AbortController) => abort.abort(),
  'the loss of the line': (world: World) => world.network.wire.cut(),
  'the end of the session': (world: World) => world.sessions.at(-1)?.close(),
  'the end of the server': (world: World) => world.restart(),
  'the end of the connection': (world: World) => world.connection.close(),
  deadline: (world: World) => world.clock.sleep(2000),
  nothing: () => {},
};

const fate = fc.constantFrom(...(Object.keys(fates) as (keyof typeof fates)[]));
const moment = fc.nat({ max: 120 });

/** Lets one thing arrive after the other. */
async function steps(world: World, count: number): Promise<void> {
  world.network.held = true;
  for (let i = 0; i < count; i++) {
    await world.breathe();
    if (!world.network.step()) break;
  }
}

interface Met {
  readonly inward: Reading | undefined;
  readonly outward: Reading | undefined;
  readonly sources: readonly WatchedSource[];
}

/** A call that is met by its fate at some moment; what its streams looked like to those who read them. */
async function met(name: keyof typeof fates, after: number): Promise<Met> {
  const sources: WatchedSource[] = [];
  const handlers: Reading[] = [];
  const source = (): WatchedSource => {
    const made = new WatchedSource(items());
    sources.push(made);
    return made;
  };
  const both = procedure.input(z.any()).mutation(({ input }) => {
    handlers.push(new Reading(input as AsyncIterable<unknown>));
    return source();
  });
  const world = new World({ dispatch: serving({ both }) });
  await world.settle();
  const abort = new AbortController();
  const call = new ValueCall(world.connection, 'both', source(), {
    type: 'mutation',
    signal: abort.signal,
    timeoutMs: 1000,
  });
  let outward: Reading | undefined;
  const { result } = call;
  call.result = (...told) => {
    result.apply(call, told);
    outward = new Reading(call.stream);
  };
  await steps(world, after);
  await fates[name](world, abort);
  world.network.held = false;
  await world.advance(5000);
  await world.finish();
  return { inward: handlers[0], outward, sources };
}

describe('a stream of which something is missing', () => {
  it('never looks complete to whoever reads it, whatever happens to it, and whenever', () => {
    const seen = { complete: 0, cut: 0 };
    return fc
      .assert(
        fc.asyncProperty(fate, moment, async (name, after) => {
          const { inward, outward, sources } = await met(name, after);
          for (const reading of [inward, outward]) {
            if (reading === undefined) continue;
            expect(reading.end).not.toBe('open');
            const all = reading.items.map((it) => (it as unknown[])[0]);
            expect(all).toEqual(Array.from({ length: all.length }, (_, n) => n));
            if (reading.end === 'complete') expect(all).toHaveLength(total);
            seen[reading.end === 'complete' ? 'complete' : 'cut']++;
          }
          for (const source of sources) expect(source.endings).toBe(1);
        }),
        { numRuns: 80 },
      )
      .then(() => {
        expect(seen.complete).toBeGreaterThan(0);
        expect(seen.cut).toBeGreaterThan(0);
      });
  });
});
