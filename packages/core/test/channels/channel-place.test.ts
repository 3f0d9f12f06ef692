import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numberAt, placeOf } from '../../src/channels/channel-place.ts';
import { newEpoch } from '../../src/channels/epoch.ts';

describe('a place in a log', () => {
  it('is read by its own log, and by no other', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.nat(Number.MAX_SAFE_INTEGER - 1), (one, other, number) => {
        fc.pre(one !== other);
        expect(numberAt(one, placeOf(one, number))).toBe(number);
        expect(numberAt(other, placeOf(one, number))).toBe(undefined);
      }),
    );
  });

  it('is written in one way only', () => {
    const others = [
      '',
      '.',
      '-0',
      '-1',
      '+1',
      '01',
      '00',
      '1.0',
      '1e3',
      '0x1',
      ' 1',
      '1 ',
      '1\n',
      '١',
      'NaN',
    ];
    const long = '1'.repeat(17);
    const strangers = ['', 'e', 'E.1', '.1', 'ee.1', 'e..1', 'e.1.1', 'e,1', `e.${long}`, 'e.Infinity'];
    const places = [...others.map((text) => `e.${text}`), ...strangers];
    expect(places.filter((place) => numberAt('e', place) !== undefined)).toEqual([]);
  });

  it('that a client made up is none, or as it would be written', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.double().map(String)), (tail) => {
        const cursor = `e.${tail}`;
        const number = numberAt('e', cursor);
        if (number !== undefined) expect(placeOf('e', number)).toBe(cursor);
      }),
    );
  });

  it('is in a log of a name that no other has', () => {
    const names = new Set(Array.from({ length: 1000 }, newEpoch));
    expect(names.size).toBe(1000);
    expect([...names].filter((name) => !/^[0-9a-z]{18}$/.test(name))).toEqual([]);
  });
});
