import { TRPCError } from '@trpc/server';
import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { channel, MemoryLog } from '../../src/channels/index.ts';
import { Gate } from '../harness/gate.ts';
import { numberOf, Taking } from './taking.ts';

/** A subscriber who has read its place. */
function listening(subscription: ConstructorParameters<typeof Taking>[0]): Taking {
  const taking = new Taking(subscription);
  taking.take();
  taking.story.length = 0;
  return taking;
}

describe('an event', () => {
  it('is out when the call returns, and its id comes after that', async () => {
    const made = channel({ event: z.number() });
    const taking = listening(made.subscribe());
    const publishing = made.publish(5);
    expect(taking.take()).toEqual(['5@1']);
    expect(await publishing).toBe(taking.cursor);
    taking.stop();
  });

  it('is what its schema makes of it', async () => {
    const ofZod = channel({ event: z.object({ at: z.coerce.number(), by: z.string().default('me') }) });
    const ofValibot = channel({ event: v.pipe(v.string(), v.trim()) });
    const takings = [listening(ofZod.subscribe()), listening(ofValibot.subscribe())];
    await ofZod.publish({ at: '5' });
    await ofValibot.publish('  text ');
    expect(takings.map((taking) => taking.take())).toEqual([['{"at":5,"by":"me"}@1'], ['"text"@1']]);
    for (const taking of takings) taking.stop();
  });

  it('that is not valid is rejected, and nothing has happened', async () => {
    const made = channel({ event: z.object({ text: z.string().min(1) }) });
    const taking = listening(made.subscribe());
    const failure = await made.publish({ text: '' }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(TRPCError);
    expect(failure).toMatchObject({ code: 'BAD_REQUEST', cause: { issues: [{ path: ['text'] }] } });
    expect(failure).toMatchObject({ message: expect.stringMatching(/^The event is invalid: /) });
    expect([taking.take(), taking.wakes]).toEqual([[], 0]);
    expect(numberOf(await made.publish({ text: 'x' }))).toBe('1');
    taking.stop();
  });

  it('of an asynchronous schema is out when it was found valid, in that order', async () => {
    const gates = new Map([1, 2, 3].map((n) => [n, new Gate<boolean>()]));
    const made = channel({ event: z.number().refine((n) => gates.get(n)?.promise) });
    const taking = listening(made.subscribe());
    const publishing = [1, 2, 3].map((n) => made.publish(n).catch((error: TRPCError) => error.code));
    expect(taking.take()).toEqual([]);
    gates.get(3)?.open(true);
    await publishing[2];
    gates.get(2)?.open(false);
    gates.get(1)?.open(true);
    const told = await Promise.all(publishing);
    expect(told[1]).toBe('BAD_REQUEST');
    expect([told[2], told[0]].map((id) => numberOf(id ?? ''))).toEqual(['1', '2']);
    expect(taking.take()).toEqual(['3@1', '1@2']);
    taking.stop();
  });

  it('that cannot be written is rejected, and nothing has happened', async () => {
    const cyclic: { self?: unknown } = {};
    cyclic.self = cyclic;
    const made = channel({ event: z.unknown(), key: () => 'key' });
    const taking = listening(made.subscribe({ overflow: 'latest' }));
    const first = made.publish('first');
    for (const event of [1n, cyclic]) await expect(made.publish(event)).rejects.toThrow(TypeError);
    expect(taking.take()).toEqual(['"first"@1']);
    await first;
    taking.stop();
  });

  it('whose key cannot be told is rejected', async () => {
    const key = (): never => {
      throw new Error('no key');
    };
    const made = channel({ event: z.number(), key });
    const taking = listening(made.subscribe());
    await expect(made.publish(1)).rejects.toThrow('no key');
    expect(taking.take()).toEqual([]);
    taking.stop();
  });

  it('may hold no streams', async () => {
    const made = channel({ event: z.unknown() });
    await expect(made.publish({ rows: (async function* () {})() })).rejects.toThrow(TypeError);
  });

  it('is a copy: what becomes of the original is told to nobody', async () => {
    const made = channel({ event: z.any() });
    const taking = listening(made.subscribe());
    const event = { list: [1] };
    const publishing = made.publish(event);
    event.list.push(2);
    await publishing;
    expect(taking.take()).toEqual(['{"list":[1]}@1']);
    taking.stop();
  });

  it('has an id that no other event has', async () => {
    const [one, other] = [channel({ event: z.number() }), channel({ event: z.number() })];
    const ids = await Promise.all([one.publish(1), one.publish(1), other.publish(1), other.publish(1)]);
    expect(new Set(ids).size).toBe(4);
  });
});

describe('a channel', () => {
  it('does not take bounds that are none', () => {
    const make = (events: number, bytes: number) => () =>
      channel({ event: z.number(), keep: { events, bytes } });
    for (const events of [0, -1, Number.NaN]) expect(make(events, 1)).toThrow(RangeError);
    for (const bytes of [-1, Number.NaN]) expect(make(1, bytes)).toThrow(RangeError);
    for (const events of [1, Number.POSITIVE_INFINITY]) expect(make(events, 0)).not.toThrow();
  });

  it('goes on in the log that it is given, whoever filled it', async () => {
    const log = new MemoryLog('epoch', { events: 10, bytes: 1000 });
    const first = channel({ event: z.number(), log });
    expect(await first.publish(1)).toBe('epoch.1');
    const second = channel({ event: z.number(), log });
    expect(await second.publish(2)).toBe('epoch.2');
    const taking = new Taking(second.subscribe({ replay: 10 }));
    expect(taking.take()).toEqual(['at 0', '1@1', '2@2']);
    taking.stop();
  });

  it('publishes in a log that is slow, and says so when it is done', async () => {
    const memory = new MemoryLog('epoch', { events: 10, bytes: 1000 });
    const gate = new Gate();
    const made = channel({
      event: z.number(),
      log: {
        epoch: memory.epoch,
        get first() {
          return memory.first;
        },
        get last() {
          return memory.last;
        },
        append: async (make) => {
          await gate.promise;
          return memory.append(make);
        },
        read: (number) => memory.read(number),
        tail: (listener) => memory.tail(listener),
        trim: (first) => memory.trim(first),
        close: () => memory.close(),
      },
    });
    const taking = listening(made.subscribe());
    const publishing = made.publish(1);
    expect(taking.take()).toEqual([]);
    gate.open();
    expect([await publishing, taking.wakes, taking.take()]).toEqual(['epoch.1', 1, ['1@1']]);
    taking.stop();
  });

  it('writes whatever JSON can say as `JSON.stringify` does', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (value) => {
        const made = channel({ event: z.unknown() });
        const taking = listening(made.subscribe());
        await made.publish(value);
        expect(taking.take()).toEqual([`${JSON.stringify(value)}@1`]);
        taking.stop();
      }),
    );
  });
});
