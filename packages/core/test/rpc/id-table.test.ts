import fc from 'fast-check';
import { expect, test } from 'vitest';
import { IdTable } from '../../src/rpc/id-table.ts';

interface Entry {
  readonly id: number;
}

test('is a map whose values are in the order of their ids, under any additions and deletions', () => {
  const steps = fc.array(
    fc.record({
      /** Ids rise, mostly by one, and sometimes to where an old one stands in the way. */
      by: fc.oneof(fc.constant(1), fc.constantFrom(16, 32, 64, 4096)),
      gone: fc.array(fc.nat({ max: 40 }), { maxLength: 3 }),
    }),
    { maxLength: 200 },
  );
  fc.assert(
    fc.property(steps, (script) => {
      const table = new IdTable<Entry>();
      const model = new Map<number, Entry>();
      let id = 0;
      for (const { by, gone } of script) {
        id += by;
        const entry = { id };
        table.add(entry);
        model.set(id, entry);
        for (const index of gone) {
          const old = [...model.keys()][index] ?? id + 1;
          expect(table.delete(old)).toBe(model.delete(old));
          expect(table.has(old)).toBe(false);
        }
        expect(table.size).toBe(model.size);
        expect(table.get(id)).toBe(model.get(id));
      }
      expect(table.values()).toEqual([...model.values()]);
      for (const key of model.keys()) expect(table.get(key)).toBe(model.get(key));
      table.clear();
      expect([table.size, table.values()]).toEqual([0, []]);
    }),
  );
});
