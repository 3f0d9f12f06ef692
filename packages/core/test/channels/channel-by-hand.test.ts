import { isTrackedEnvelope, TRPCError } from '@trpc/server';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { ChannelSubscription } from '../../src/channels/index.ts';
import { channel, channels } from '../../src/channels/index.ts';
import { Gate } from '../harness/gate.ts';
import { numberOf } from './taking.ts';

const words = () => channel({ event: z.string(), keep: { events: 3 } });

function read(subscription: ChannelSubscription<string>) {
  const iterator = subscription[Symbol.asyncIterator]();
  return { next: () => iterator.next(), return: async () => iterator.return?.() };
}

const over = { done: true, value: undefined };

describe('a subscription that is iterated by hand', () => {
  it('gives tracked envelopes: what was kept, then what is new', async () => {
    const made = words();
    await made.publish('a');
    const seen: string[] = [];
    for await (const envelope of made.subscribe({ replay: 1 })) {
      expect(isTrackedEnvelope(envelope)).toBe(true);
      const [id, data] = envelope;
      seen.push(`${data}@${numberOf(id)}`);
      if (data === 'c') break;
      await made.publish(data === 'a' ? 'b' : 'c');
    }
    expect([seen, made.subscribers]).toEqual([['a@1', 'b@2', 'c@3'], 0]);
  });

  it('continues after the cursor that it was given', async () => {
    const made = words();
    const after = await made.publish('a');
    await made.publish('b');
    for await (const [, data] of made.subscribe({ after })) {
      expect(data).toBe('b');
      break;
    }
  });

  it('enters its channel with its first `next`, and not before', async () => {
    const made = words();
    const reader = read(made.subscribe());
    expect(made.subscribers).toBe(0);
    const next = reader.next();
    expect(made.subscribers).toBe(1);
    await made.publish('a');
    expect((await next).value?.[1]).toBe('a');
    await reader.return();
    expect(made.subscribers).toBe(0);
  });

  it('that is returned before that does nothing', async () => {
    const made = words();
    const reader = read(made.subscribe());
    expect([await reader.return(), await reader.next(), made.subscribers]).toEqual([over, over, 0]);
  });

  it('that is returned while it waits ends those who wait', async () => {
    const made = words();
    const reader = read(made.subscribe());
    const waiting = [reader.next(), reader.next()];
    expect(await reader.return()).toEqual(over);
    expect(await Promise.all(waiting)).toEqual([over, over]);
    expect([await reader.next(), made.subscribers]).toEqual([over, 0]);
    await made.publish('nobody hears');
  });

  it('gives to those who wait in the order in which they asked', async () => {
    const made = words();
    const reader = read(made.subscribe());
    const waiting = [reader.next(), reader.next()];
    await made.publish('a');
    await made.publish('b');
    expect((await Promise.all(waiting)).map(({ value }) => value?.[1])).toEqual(['a', 'b']);
    await reader.return();
  });

  it('gives an event before what is published while it is read', async () => {
    let reading = 0;
    const made = channel({
      event: z.string(),
      transformer: {
        serialize: (value: unknown) => value,
        deserialize(value: unknown) {
          if (++reading === 1) void made.publish('while it is read');
          return value;
        },
      },
    });
    await made.publish('a');
    const { next } = read(made.subscribe({ replay: 1 }));
    const both = await Promise.all([next(), next()]);
    expect(both.map(({ value }) => value?.[1])).toEqual(['a', 'while it is read']);
  });

  it('keeps nothing for who is slow, and throws once something is missing', async () => {
    const made = words();
    const reader = read(made.subscribe());
    const first = reader.next();
    for (const word of ['a', 'b', 'c', 'd', 'e']) await made.publish(word);
    expect((await first).value?.[1]).toBe('a');
    const failure = await reader.next().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(TRPCError);
    expect(failure).toMatchObject({ code: 'PRECONDITION_FAILED' });
    expect([await reader.next(), made.subscribers]).toEqual([over, 0]);
  });

  for (const [gap, after] of Object.entries({ expired: 1, restarted: 'elsewhere.1' })) {
    it(`throws for a cursor that is ${gap}`, async () => {
      const made = words();
      const ids: string[] = [];
      for (const word of ['a', 'b', 'c', 'd', 'e']) ids.push(await made.publish(word));
      const reader = read(made.subscribe({ after: typeof after === 'number' ? ids[0] : after }));
      await expect(reader.next()).rejects.toThrow(gap);
      expect([await reader.next(), made.subscribers]).toEqual([over, 0]);
    });
  }

  it('gives a snapshot in place of what is missing', async () => {
    const made = words();
    const seen: string[] = [];
    for await (const [, data] of made.subscribe({ snapshot: () => Promise.resolve('state') })) {
      seen.push(data);
      if (seen.length === 3) break;
      if (seen.length === 1) for (const word of ['a', 'b', 'c', 'd']) await made.publish(word);
      else await made.publish('e');
    }
    expect(seen).toEqual(['state', 'state', 'e']);
  });

  it('that is returned while a snapshot is made is over', async () => {
    const made = words();
    const gate = new Gate<string>();
    const reader = read(made.subscribe({ snapshot: () => gate.promise }));
    const waiting = reader.next();
    await reader.return();
    gate.open('state');
    expect([await waiting, await reader.next(), made.subscribers]).toEqual([over, over, 0]);
  });

  it('throws what its snapshot throws', async () => {
    const made = words();
    const reader = read(made.subscribe({ snapshot: () => Promise.reject(new Error('no state')) }));
    await expect(reader.next()).rejects.toThrow('no state');
    expect([await reader.next(), made.subscribers]).toEqual([over, 0]);
  });

  it('ends with its channel, after what was published', async () => {
    const made = words();
    const reader = read(made.subscribe());
    const first = reader.next();
    await made.publish('a');
    await made.publish('b');
    made.close();
    const read3 = [await first, await reader.next(), await reader.next()];
    expect(read3.map(({ value }) => value?.[1])).toEqual(['a', 'b', undefined]);
    expect([read3[2], made.subscribers]).toEqual([over, 0]);
    await expect(read(made.subscribe()).next()).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' });
  });

  it('may be read by several, each from its own place', async () => {
    const made = words();
    await made.publish('a');
    const subscription = made.subscribe({ replay: 1 });
    const [one, other] = [read(subscription), read(subscription)];
    expect((await one.next()).value?.[1]).toBe('a');
    expect((await other.next()).value?.[1]).toBe('a');
    await one.return();
    expect(made.subscribers).toBe(1);
    await other.return();
  });

  it('ends with the signal that it was given, wherever it is', async () => {
    const made = words();
    const controller = new AbortController();
    const { signal } = controller;
    const [waits, unread] = [read(made.subscribe({ signal })), read(made.subscribe({ signal }))];
    const waiting = waits.next();
    controller.abort();
    expect(await waiting).toEqual(over);
    expect([await waits.next(), await unread.next(), made.subscribers]).toEqual([over, over, 0]);
    expect(await read(made.subscribe({ signal })).next()).toEqual(over);
    expect(made.subscribers).toBe(0);
  });

  it('lets go of its signal when it is over', async () => {
    const made = words();
    const { signal } = new AbortController();
    let listeners = 0;
    const { addEventListener, removeEventListener } = signal;
    signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
      listeners++;
      addEventListener.apply(signal, args);
    };
    signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
      listeners--;
      removeEventListener.apply(signal, args);
    };
    const left = read(made.subscribe({ signal }));
    const failed = read(made.subscribe({ signal, after: 'elsewhere.1' }));
    const ended = read(made.subscribe({ signal }));
    const waiting = ended.next();
    expect(listeners).toBeGreaterThan(0);
    await left.return();
    await expect(failed.next()).rejects.toThrow('restarted');
    made.close();
    expect([await waiting, listeners]).toEqual([over, 0]);
  });

  it('has its member there while it is read', async () => {
    const rooms = channels({ event: z.string(), presence: z.number() });
    const room = rooms.at('a');
    const reader = read(room.subscribe({ present: { id: 'ada', meta: 1 } }));
    expect(room.presence.size).toBe(0);
    const waiting = reader.next();
    expect(room.presence.members).toEqual(new Map([['ada', 1]]));
    await reader.return();
    await waiting;
    expect(room.presence.size).toBe(0);
  });
});
