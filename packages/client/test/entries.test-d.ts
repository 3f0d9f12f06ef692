import { expectTypeOf, test } from 'vitest';

test('the Node entry has the types of the browser entry, because `exports` names one .d.ts for both', () => {
  expectTypeOf<typeof import('../src/node.js')>().toEqualTypeOf<typeof import('../src/index.js')>();
});
