import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fairly } from '../../src/session/fairness.ts';

interface Held {
  readonly owner: string;
  readonly weight: number;
}

const ownerOf = (it: Held): string => it.owner;
const weightOf = (it: Held): number => it.weight;
const order = (entries: readonly Held[]): Held[] => [...fairly(entries, ownerOf, weightOf)];

const held = (weight: fc.Arbitrary<number>): fc.Arbitrary<Held[]> =>
  fc.array(fc.record({ owner: fc.constantFrom('a', 'b', 'c', 'd'), weight }), { maxLength: 30 });

describe('who has to go first', () => {
  it('is at any time of the owner who holds most then, and of that owner’s the first', () => {
    fc.assert(
      fc.property(held(fc.nat({ max: 50 })), (entries) => {
        const left = entries.filter((it) => it.weight > 0);
        const owned = (owner: string): Held[] => left.filter((it) => it.owner === owner);
        const total = (owner: string): number => owned(owner).reduce((sum, it) => sum + it.weight, 0);
        for (const next of order(entries)) {
          const most = Math.max(...left.map((it) => total(it.owner)));
          expect(total(next.owner)).toBe(most);
          expect(owned(next.owner)[0]).toBe(next);
          left.splice(left.indexOf(next), 1);
        }
        expect(left).toEqual([]);
      }),
    );
  });

  it('names everybody who holds something once, and nobody who does not', () => {
    fc.assert(
      fc.property(held(fc.nat({ max: 3 })), (entries) => {
        const named = order(entries);
        expect(new Set(named).size).toBe(named.length);
        expect(new Set(named)).toEqual(new Set(entries.filter((it) => it.weight > 0)));
      }),
    );
  });

  it('leaves those alone who hold less than others, for as long as there are others', () => {
    const small = Array.from({ length: 5 }, (_, i) => ({ owner: `small ${i}`, weight: 1 }));
    const large = Array.from({ length: 20 }, () => ({ owner: 'large', weight: 1 }));
    const first = order([...small, ...large]).slice(0, 19);
    expect(first.every((it) => it.owner === 'large')).toBe(true);
  });

  it('may be stopped at any time, and costs no more than one look at each for that', () => {
    let looks = 0;
    const entries = Array.from({ length: 1000 }, (_, i) => ({ owner: `${i % 7}`, weight: 1 }));
    const counting = (it: Held): number => {
      looks++;
      return it.weight;
    };
    for (const _ of fairly(entries, ownerOf, counting)) break;
    expect(looks).toBeLessThan(1010);
  });

  it('is found quickly, also among ten thousand owners of one each', () => {
    const entries = Array.from({ length: 10_000 }, (_, i) => ({ owner: `${i}`, weight: 1 }));
    let looks = 0;
    const counting = (it: Held): number => {
      looks++;
      return it.weight;
    };
    expect([...fairly(entries, ownerOf, counting)]).toHaveLength(10_000);
    expect(looks).toBe(20_000);
  });
});
