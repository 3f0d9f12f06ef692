import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fits, utf8Length } from '../../src/wire/frame.ts';

const encoder = new TextEncoder();
/** Any UTF-16, pairs and lone halves of them included. */
const text = fc
  .array(
    fc.oneof(
      fc.integer({ min: 0, max: 0xffff }),
      fc.constantFrom(0x41, 0x7f, 0x80, 0x7ff, 0x800, 0xd800, 0xdbff, 0xdc00, 0xdfff, 0xffff),
    ),
  )
  .map((units) => String.fromCharCode(...units));

describe('utf8Length', () => {
  it('is what an encoder makes of any text, lone surrogates included', () => {
    fc.assert(
      fc.property(text, (it) => {
        expect(utf8Length(it)).toBe(encoder.encode(it).length);
      }),
      { numRuns: 1000 },
    );
  });

  it('is right at each border of the encoding', () => {
    for (const it of ['', '\u007f', '\u0080', '\u07ff', '\u0800', '\uffff', '😀', '\ud83d', '\ude00\ud83d']) {
      expect(utf8Length(it), JSON.stringify(it)).toBe(encoder.encode(it).length);
    }
  });
});

describe('fits', () => {
  it('agrees with the encoder at every bound around the length', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: -3, max: 3 }), (it, difference) => {
        const { length } = encoder.encode(it);
        expect(fits(it, length + difference)).toBe(difference >= 0);
      }),
      { numRuns: 1000 },
    );
  });

  it('agrees with the encoder at bounds far from the length', () => {
    fc.assert(
      fc.property(text, fc.nat({ max: 1000 }), (it, bytes) => {
        expect(fits(it, bytes)).toBe(encoder.encode(it).length <= bytes);
      }),
    );
  });
});
