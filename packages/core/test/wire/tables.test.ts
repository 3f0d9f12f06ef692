import { describe, expect, it } from 'vitest';
import { closeCodes, closeName, isCloseName, isOwnCode } from '../../src/wire/close-codes.ts';
import type { Welcome } from '../../src/wire/control.ts';
import { limitsOf } from '../../src/wire/control.ts';
import { faultCodes } from '../../src/wire/fault-codes.ts';
import { utf8Length } from '../../src/wire/frame.ts';
import { announcedLimits, defaultLimits, limits } from '../../src/wire/limits.ts';
import { messageKinds } from '../../src/wire/message.ts';

describe('the table of close codes', () => {
  const codes = Object.values(closeCodes).map((row) => row.code);

  it('has one row for each code', () => {
    expect(new Set(codes).size).toBe(codes.length);
  });

  it('holds only codes that a WebSocket may be closed with', () => {
    for (const code of codes)
      expect(code === 1000 || code === 1001 || (code >= 4000 && code < 5000)).toBe(true);
  });

  it('has names that fit a close reason, which is 123 bytes', () => {
    for (const name of Object.keys(closeCodes)) expect(utf8Length(name)).toBeLessThanOrEqual(123);
  });

  it('finds the name of each code that is the protocol’s own, and none for others', () => {
    for (const [name, row] of Object.entries(closeCodes)) {
      const own = row.code >= 4400;
      expect(closeName(row.code)).toBe(own ? name : undefined);
      expect(isOwnCode(row.code)).toBe(own);
    }
    for (const code of [0, 1000, 1001, 1005, 1006, 1011, 4000, 4399, 4999]) {
      expect(closeName(code)).toBeUndefined();
      expect(isOwnCode(code)).toBe(false);
    }
  });

  it('takes 1009 for too-large, whoever said it', () => {
    expect(closeName(1009)).toBe('too-large');
    expect(isOwnCode(1009)).toBe(false);
  });

  it('knows its names, and not those of every object', () => {
    for (const name of Object.keys(closeCodes)) expect(isCloseName(name)).toBe(true);
    for (const name of ['constructor', '__proto__', 'toString', '', 1, null, undefined]) {
      expect(isCloseName(name)).toBe(false);
    }
  });
});

describe('the table of message kinds', () => {
  it('numbers them from 1, each once', () => {
    const kinds = Object.values(messageKinds);
    expect(new Set(kinds).size).toBe(kinds.length);
    expect([...kinds].sort((a, b) => a - b)).toEqual(kinds.map((_, i) => i + 1));
  });
});

describe('the table of faults', () => {
  it('says something else of each', () => {
    const texts = Object.values(faultCodes).map((row) => row.text);
    expect(new Set(texts).size).toBe(texts.length);
  });
});

describe('the table of limits', () => {
  it('gives the defaults of what is announced, and of nothing else', () => {
    expect(Object.keys(defaultLimits).sort()).toEqual([...announcedLimits].sort());
    for (const name of announcedLimits) expect(defaultLimits[name]).toBe(limits[name].default);
    expect(announcedLimits).not.toContain('pongGrace');
  });

  it('leaves room in a frame for the largest message', () => {
    expect(limits.frameBytes.default).toBeGreaterThan(limits.messageBytes.default);
  });

  it('takes from a welcome what it announces, the defaults for the rest, and nothing that it does not know', () => {
    const announced = { calls: 3, earlyFrames: 99, unheardOf: 1 };
    const welcome: Welcome = {
      session: 'S',
      server: 'K',
      resumed: false,
      sent: 0,
      received: 0,
      limits: announced,
    };
    expect(limitsOf(welcome)).toEqual({ ...defaultLimits, calls: 3 });
  });
});
