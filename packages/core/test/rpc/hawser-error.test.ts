import { describe, expect, it } from 'vitest';
import { HawserError, hawserErrorOf, outcomeOf } from '../../src/rpc/hawser-error.ts';
import type { FaultCode } from '../../src/wire/fault-codes.ts';
import { faultCodes } from '../../src/wire/fault-codes.ts';

describe('HawserError', () => {
  it('says what happened, with the finer reason where there is one', () => {
    for (const code of Object.keys(faultCodes) as FaultCode[]) {
      expect(new HawserError(code, 'unknown').message).toBe(faultCodes[code].text);
    }
    const lost = new HawserError('session-lost', 'unknown', 'restarted', new Error('cause'));
    expect(lost.message).toContain('(restarted)');
    expect(lost).toMatchObject({
      name: 'HawserError',
      code: 'session-lost',
      outcome: 'unknown',
      reason: 'restarted',
    });
    expect(lost.cause).toBeInstanceOf(Error);
    expect('cause' in new HawserError('closed', 'not-run')).toBe(false);
  });
});

describe('outcomeOf', () => {
  const own = new HawserError('closed', 'not-run');

  it('finds the error of the line, however deep it is', () => {
    expect(outcomeOf(own)).toBe('not-run');
    expect(outcomeOf(new Error('a', { cause: new Error('b', { cause: own }) }))).toBe('not-run');
    expect(hawserErrorOf(new Error('a', { cause: own }))).toBe(own);
  });

  it('is undefined for everything else', () => {
    for (const other of [undefined, null, 'text', {}, new Error('a'), new Error('a', { cause: 'b' })]) {
      expect(outcomeOf(other)).toBeUndefined();
    }
  });

  it('comes to an end when causes run in a circle', () => {
    const one = new Error('one');
    const two = new Error('two', { cause: one });
    let steps = 0;
    Object.defineProperty(one, 'cause', {
      get: () => {
        if (++steps > 1000) throw new Error('It does not end');
        return two;
      },
    });
    expect(outcomeOf(one)).toBeUndefined();
  });
});
