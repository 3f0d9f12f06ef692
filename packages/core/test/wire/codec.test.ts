import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CallType, Message, MessageOptions } from '../../src/wire/message.ts';
import {
  callType,
  encodeBare,
  encodeCall,
  encodeCredit,
  encodeError,
  encodeItem,
  encodeResult,
  isMessage,
  readValue,
} from '../../src/wire/message.ts';

const id = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const count = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
/** Values that JSON keeps as they are, and `undefined`, which the wire keeps beside them. */
const value = fc.option(
  fc.jsonValue().map((it) => JSON.parse(JSON.stringify(it)) as unknown),
  { nil: undefined },
);
const path = fc.string({ unit: 'binary' });
const types: readonly CallType[] = ['query', 'mutation', 'subscription'];

/** What a text of ours is at the other end; fails if it is no message. */
function arrives(text: string): Message {
  const message: unknown = JSON.parse(text);
  expect(isMessage(message), text).toBe(true);
  return message as Message;
}

function optionsOf(timeout: number | undefined, after: string | undefined): MessageOptions | undefined {
  if (timeout === undefined && after === undefined) return undefined;
  return { ...(timeout === undefined ? {} : { timeout }), ...(after === undefined ? {} : { after }) };
}

describe('a message that is encoded arrives as it was', () => {
  it('calls, with their input, deadline and cursor', () => {
    const timeout = fc.option(count, { nil: undefined });
    const after = fc.option(path, { nil: undefined });
    fc.assert(
      fc.property(fc.constantFrom(...types), id, path, value, timeout, after, (type, ...rest) => {
        const [callId, callPath, input, ms, cursor] = rest;
        const text = encodeCall(type, callId, callPath, JSON.stringify(input), optionsOf(ms, cursor));
        const [kind, toldId, toldPath, data, options] = arrives(text) as Extract<Message, { 0: 1 | 2 | 3 }>;
        expect(callType(kind)).toBe(type);
        expect(toldId).toBe(callId);
        expect(toldPath).toBe(callPath);
        expect(readValue(data, options)).toStrictEqual(input);
        expect(options?.timeout).toBe(ms);
        expect(options?.after).toBe(cursor);
      }),
    );
  });

  it('results, undefined told from null', () => {
    fc.assert(
      fc.property(id, value, (callId, data) => {
        const [kind, toldId, ...rest] = arrives(encodeResult(callId, JSON.stringify(data))) as Extract<
          Message,
          { 0: 4 }
        >;
        expect([kind, toldId]).toEqual([4, callId]);
        expect(readValue(rest[0], rest[1])).toStrictEqual(data);
      }),
    );
  });

  it('items, with the ids of tracked events', () => {
    const event = fc.option(path, { nil: undefined });
    fc.assert(
      fc.property(id, value, event, (callId, data, toldEvent) => {
        const text = encodeItem(callId, JSON.stringify(data), toldEvent);
        const [kind, toldId, ...rest] = arrives(text) as Extract<Message, { 0: 7 }>;
        expect([kind, toldId]).toEqual([7, callId]);
        expect(readValue(rest[0], rest[2])).toStrictEqual(data);
        expect(rest[1] ?? undefined).toBe(toldEvent);
      }),
    );
  });

  it('errors, credits and bare messages', () => {
    fc.assert(
      fc.property(id, fc.jsonValue(), count, count, count, (callId, shape, consumed, items, bytes) => {
        const json = JSON.stringify(shape);
        expect(arrives(encodeError(callId, json))).toEqual([5, callId, JSON.parse(json)]);
        expect(arrives(encodeCredit(callId, consumed, items, bytes))).toEqual([
          10,
          callId,
          consumed,
          items,
          bytes,
        ]);
        expect(arrives(encodeBare('started', callId))).toEqual([6, callId]);
        expect(arrives(encodeBare('end', callId))).toEqual([8, callId]);
        expect(arrives(encodeBare('cancel', callId))).toEqual([9, callId]);
      }),
    );
  });
});

describe('the shortest spelling is chosen', () => {
  it('leaves off what is undefined, and says null for null', () => {
    expect(encodeCall('query', 1, 'a', undefined, undefined)).toBe('[1,1,"a"]');
    expect(encodeCall('query', 1, 'a', 'null', undefined)).toBe('[1,1,"a",null]');
    expect(encodeResult(1, undefined)).toBe('[4,1]');
    expect(encodeResult(1, 'null')).toBe('[4,1,null]');
    expect(encodeItem(1, undefined, undefined)).toBe('[7,1]');
  });

  it('marks an undefined value that has something after it', () => {
    expect(encodeCall('mutation', 1, 'a', undefined, { timeout: 5 })).toBe(
      '[2,1,"a",null,{"timeout":5,"void":1}]',
    );
    expect(encodeItem(1, undefined, 'e')).toBe('[7,1,null,"e",{"void":1}]');
    expect(encodeItem(1, 'null', 'e')).toBe('[7,1,null,"e"]');
  });
});
