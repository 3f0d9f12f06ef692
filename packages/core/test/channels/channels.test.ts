import { TRPCError } from '@trpc/server';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { ChannelsOptions } from '../../src/channels/index.ts';
import { channels } from '../../src/channels/index.ts';
import { Taking } from './taking.ts';

type Options = Partial<Omit<ChannelsOptions<z.ZodString, z.ZodString>, 'event' | 'presence'>>;

const open = (options: Options = {}) => channels({ event: z.string(), presence: z.string(), ...options });

/** Somebody who subscribes to a room. */
function inside(room: { subscribe(): ConstructorParameters<typeof Taking>[0] }): Taking {
  const taking = new Taking(room.subscribe());
  taking.take();
  return taking;
}

describe('channels by key', () => {
  it('are made when they are asked for, and the same as long as they are there', async () => {
    const rooms = open();
    expect(rooms.size).toBe(0);
    const room = rooms.at('a');
    expect([rooms.size, rooms.at('a') === room, room.key]).toEqual([1, true, 'a']);
    expect(rooms.at('b')).not.toBe(room);
    const taking = inside(room);
    await room.publish('one');
    await rooms.at('b').publish('other');
    expect([taking.take(), room.subscribers, rooms.at('b').subscribers]).toEqual([['"one"@1'], 1, 0]);
    taking.stop();
  });

  it('have any string as a key', async () => {
    const rooms = open();
    const keys = ['', '__proto__', 'constructor', 'a\0b', '💥'];
    for (const key of keys) await rooms.at(key).publish(key);
    for (const key of keys) {
      const taking = new Taking(rooms.at(key).subscribe({ replay: 10 }));
      expect(taking.take()).toEqual(['at 0', `${JSON.stringify(key)}@1`]);
      taking.stop();
    }
  });

  it('are kept when their last subscriber has gone, for who comes back', async () => {
    const rooms = open();
    const taking = inside(rooms.at('a'));
    taking.stop();
    await rooms.at('a').publish('missed');
    const again = new Taking(rooms.at('a').subscribe(), { after: taking.cursor });
    expect(again.take()).toEqual(['"missed"@1']);
    again.stop();
  });

  it('are other ones after they were forgotten, and a cursor of before says so', async () => {
    const rooms = open({ limit: 1 });
    const id = await rooms.at('a').publish('before');
    const old = rooms.at('a');
    rooms.at('b');
    const taking = new Taking(rooms.at('a').subscribe(), { after: id });
    expect(taking.take()).toEqual(['gap restarted', 'at 0']);
    taking.stop();
    await expect(old.publish('to nobody')).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' });
  });

  it('validate what is published, and subscribe as a channel does', async () => {
    const rooms = channels({ event: z.number(), key: (n) => n % 2, keep: { events: 3 } });
    const room = rooms.at('a');
    // @ts-expect-error no number
    await expect(room.publish('text')).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    const taking = new Taking(room.subscribe({ overflow: 'latest', replay: 5 }));
    taking.take();
    for (const n of [1, 2, 3]) await room.publish(n);
    expect(taking.take()).toEqual(['gap dropped 1', '2@2', '3@3']);
    taking.stop();
    expect(() => channels({ event: z.number() }).at('a').subscribe({ overflow: 'latest' })).toThrow(
      TypeError,
    );
  });

  it('do not take bounds that are none', () => {
    for (const limit of [0, -1, Number.NaN]) expect(() => open({ limit })).toThrow(RangeError);
    expect(() => open({ keep: { events: 0 } })).toThrow(RangeError);
    expect(() => open({ limit: 1 })).not.toThrow();
  });

  it('end their subscriptions when they are closed', async () => {
    const rooms = open();
    const [one, other] = [inside(rooms.at('a')), inside(rooms.at('b'))];
    const present = new Taking(rooms.at('a').presence.subscribe());
    present.take();
    await present.settle();
    await rooms.at('a').publish('last');
    rooms.close();
    expect([one.take(), other.take(), present.take()]).toEqual([['"last"@1', 'end'], ['end'], ['end']]);
    expect(rooms.size).toBe(0);
  });
});

describe('more channels than there may be', () => {
  it('make those go that were asked for longest ago and that nobody is in', () => {
    const rooms = open({ limit: 3 });
    const [a, b, c] = [rooms.at('a'), rooms.at('b'), rooms.at('c')];
    const taking = inside(b);
    expect(rooms.at('a')).toBe(a);
    const d = rooms.at('d');
    expect([rooms.size, rooms.at('a') === a, rooms.at('b') === b, rooms.at('d') === d]).toEqual([
      3,
      true,
      true,
      true,
    ]);
    expect(rooms.at('c')).not.toBe(c);
    expect([rooms.size, rooms.at('b') === b, rooms.at('d') === d]).toEqual([3, true, true]);
    expect(rooms.at('a')).not.toBe(a);
    taking.stop();
  });

  it('are refused when somebody is in all of them', () => {
    const rooms = open({ limit: 3 });
    const subscriber = inside(rooms.at('a'));
    const leave = rooms.at('b').presence.enter('ada', 'there');
    const watcher = inside(rooms.at('c').presence);
    const refusal = expect.objectContaining({ code: 'TOO_MANY_REQUESTS' });
    const ask = (): unknown => {
      try {
        return rooms.at('d').key;
      } catch (error) {
        expect(error).toBeInstanceOf(TRPCError);
        return error;
      }
    };
    expect([ask(), ask(), rooms.size]).toEqual([refusal, refusal, 3]);
    leave();
    expect([ask(), rooms.size]).toEqual(['d', 3]);
    subscriber.stop();
    watcher.stop();
  });

  it('make room one by one: a client that makes up keys costs no more than the limit', async () => {
    const rooms = open({ limit: 10 });
    const taking = inside(rooms.at('dear'));
    for (let i = 0; i < 1_000; i++) await rooms.at(`made up ${i}`).publish('x');
    expect(rooms.size).toBe(10);
    await rooms.at('dear').publish('still');
    expect(taking.take()).toEqual(['"still"@1']);
    taking.stop();
  });

  it('are those that a list of keys would have', () => {
    const step = fc.record({
      do: fc.constantFrom('ask', 'enter', 'leave'),
      key: fc.constantFrom(...'abcdef'),
    });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.array(step, { maxLength: 60, size: 'max' }),
        (limit, steps) => {
          const rooms = open({ limit });
          const takings = new Map<string, Taking>();
          let model: string[] = [];
          for (const { do: what, key } of steps) {
            if (what === 'leave') {
              takings.get(key)?.stop();
              takings.delete(key);
              continue;
            }
            const full = !model.includes(key) && model.length >= limit;
            const goes = full ? model.find((it) => !takings.has(it)) : undefined;
            if (full && goes === undefined) {
              expect(() => rooms.at(key)).toThrow(TRPCError);
              continue;
            }
            model = [...model.filter((it) => it !== key && it !== goes), key];
            const room = rooms.at(key);
            if (what === 'enter' && !takings.has(key)) takings.set(key, inside(room));
            expect(rooms.size).toBe(model.length);
          }
          for (const [key, taking] of takings) {
            expect(rooms.at(key).subscribers).toBe(1);
            taking.stop();
          }
        },
      ),
    );
  });
});

describe('channels that keep more than they may in all', () => {
  const text = 'x'.repeat(100);

  it('make those go that nobody is in, the one that was asked for longest ago first', async () => {
    const rooms = open({ totalBytes: 700 });
    for (const key of ['a', 'b', 'c', 'd', 'e']) await rooms.at(key).publish(text);
    expect(rooms.size).toBe(5);
    const b = rooms.at('b');
    const taking = inside(rooms.at('a'));
    await rooms.at('d').publish(text);
    expect([rooms.size, rooms.at('a').subscribers, rooms.at('b') === b]).toEqual([4, 1, true]);
    const replay = new Taking(rooms.at('c').subscribe({ replay: 1 }));
    expect(replay.take()).toEqual(['at 0']);
    for (const it of [taking, replay]) it.stop();
  });

  it('keep what is published now, however large it is', async () => {
    const rooms = open({ totalBytes: 700 });
    for (const key of ['a', 'b', 'c']) await rooms.at(key).publish(text);
    await rooms.at('d').publish('y'.repeat(5_000));
    expect(rooms.size).toBe(1);
    const taking = new Taking(rooms.at('d').subscribe({ replay: 1 }));
    expect(taking.take()).toHaveLength(2);
    taking.stop();
  });

  it('let nobody go whom somebody is in', async () => {
    const rooms = open({ totalBytes: 200 });
    const takings = ['a', 'b', 'c', 'd'].map((key) => inside(rooms.at(key)));
    for (const key of ['a', 'b', 'c', 'd']) await rooms.at(key).publish(text);
    expect(takings.map((taking) => taking.take().length)).toEqual([1, 1, 1, 1]);
    for (const taking of takings) taking.stop();
    await rooms.at('e').publish(text);
    expect(rooms.size).toBe(1);
  });

  it('count what is let go again', async () => {
    const rooms = open({ totalBytes: 1_000, keep: { events: 2 } });
    const other = rooms.at('other');
    await other.publish(text);
    for (let i = 0; i < 100; i++) await rooms.at('a').publish(text);
    expect([rooms.size, rooms.at('other') === other]).toEqual([2, true]);
  });
});
