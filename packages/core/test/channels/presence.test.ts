import fc from 'fast-check';
import superjson from 'superjson';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { channels, Presence } from '../../src/channels/index.ts';
import { Taking } from './taking.ts';

const open = () => new Presence({ meta: z.object({ name: z.string() }) });

/** Somebody who was told who is here. */
async function watching(presence: Pick<Presence<z.ZodType>, 'subscribe'>): Promise<Taking> {
  const taking = new Taking(presence.subscribe());
  taking.take();
  await taking.settle();
  return taking;
}

/** What was told, without the numbers. */
function told(taking: Taking): unknown[] {
  taking.take();
  return taking.items.splice(0).map(({ tail }) => (JSON.parse(`[${tail}`) as unknown[])[0]);
}

const ada = { name: 'Ada' };

describe('a presence', () => {
  it('tells who is here first, and then who comes, changes and goes', async () => {
    const presence = open();
    const leaveAda = presence.enter('a', ada);
    const taking = await watching(presence);
    const leaveBob = presence.enter('b', { name: 'Bob' });
    const leaveAgain = presence.enter('a', { name: 'Ada L.' });
    leaveBob();
    leaveAda();
    leaveAgain();
    expect(told(taking)).toEqual([
      { type: 'here', members: [{ id: 'a', meta: ada }] },
      { type: 'join', id: 'b', meta: { name: 'Bob' } },
      { type: 'update', id: 'a', meta: { name: 'Ada L.' } },
      { type: 'leave', id: 'b' },
      { type: 'leave', id: 'a' },
    ]);
    taking.stop();
  });

  it('has its members, and what they say of themselves', () => {
    const presence = open();
    const leave = presence.enter('a', ada);
    const { members } = presence;
    expect([members, presence.size]).toEqual([new Map([['a', ada]]), 1]);
    leave();
    expect([members.size, presence.members.size, presence.size]).toEqual([1, 0, 0]);
  });

  it('has a member with two tabs until both are gone, and tells of it once', async () => {
    const presence = open();
    const taking = await watching(presence);
    const tabs = [presence.enter('a', ada), presence.enter('a', ada)];
    tabs[0]?.();
    tabs[0]?.();
    expect(presence.size).toBe(1);
    tabs[1]?.();
    tabs[1]?.();
    expect(presence.size).toBe(0);
    expect(told(taking)).toEqual([
      { type: 'here', members: [] },
      { type: 'join', id: 'a', meta: ada },
      { type: 'leave', id: 'a' },
    ]);
    taking.stop();
  });

  it('tells nothing of a member that says the same again', async () => {
    const presence = open();
    const leave = presence.enter('a', ada);
    const taking = await watching(presence);
    const again = presence.enter('a', { name: 'Ada' });
    again();
    expect(told(taking)).toHaveLength(1);
    leave();
    taking.stop();
  });

  it('does not confuse a leaving that is told late with a member that came back', () => {
    const presence = open();
    const leave = presence.enter('a', ada);
    leave();
    const back = presence.enter('a', ada);
    leave();
    expect(presence.size).toBe(1);
    back();
  });

  it('is what its schema makes of it, and nothing else', () => {
    const presence = new Presence({
      meta: z.object({ name: z.string().trim(), age: z.number().default(1) }),
    });
    const leave = presence.enter('a', { name: ' Ada ' });
    expect(presence.members.get('a')).toEqual({ name: 'Ada', age: 1 });
    // @ts-expect-error no number
    expect(() => presence.enter('b', { name: 1 })).toThrow(TypeError);
    expect(() => presence.enter('b', { name: 'Bob', age: Number.NaN })).toThrow(TypeError);
    expect(presence.size).toBe(1);
    leave();
    const slow = new Presence({ meta: z.string().refine(() => Promise.resolve(true)) });
    expect(() => slow.enter('a', 'x')).toThrow(TypeError);
    expect(slow.size).toBe(0);
  });

  it('writes with the transformer that it is given', async () => {
    const presence = new Presence({ meta: z.date(), transformer: superjson });
    const leave = presence.enter('a', new Date(5));
    const taking = new Taking(presence.subscribe(), { output: superjson });
    taking.take();
    await taking.settle();
    const [here] = told(taking);
    expect(superjson.deserialize(here as never)).toEqual({
      type: 'here',
      members: [{ id: 'a', meta: new Date(5) }],
    });
    leave();
    taking.stop();
  });

  it('tells apart whatever its transformer does, and throws for what it cannot write', async () => {
    const meta = z.object({ roles: z.set(z.string()), cents: z.bigint() });
    const presence = new Presence({ meta, transformer: superjson });
    const taking = new Taking(presence.subscribe(), { output: superjson });
    taking.take();
    await taking.settle();
    const entered = [
      presence.enter('a', { roles: new Set(['admin']), cents: 1n }),
      presence.enter('a', { roles: new Set(['admin']), cents: 1n }),
      presence.enter('a', { roles: new Set(['guest']), cents: 2n }),
    ];
    expect(presence.members.get('a')).toEqual({ roles: new Set(['guest']), cents: 2n });
    expect(told(taking)).toHaveLength(3);
    for (const leave of entered) leave();
    expect([presence.size, told(taking)]).toEqual([0, [expect.objectContaining({})]]);
    taking.stop();
    const plain = new Presence({ meta: z.bigint() });
    expect(() => plain.enter('a', 1n)).toThrow(TypeError);
    expect(plain.size).toBe(0);
  });

  it('tells whoever comes back what it missed, or who is here if that is too much', async () => {
    const presence = open();
    const taking = await watching(presence);
    taking.stop();
    const leave = presence.enter('a', ada);
    const soon = new Taking(presence.subscribe(), { after: taking.cursor });
    expect(told(soon)).toEqual([{ type: 'join', id: 'a', meta: ada }]);
    soon.stop();
    for (let i = 0; i < 300; i++) presence.enter('b', ada)();
    for (const after of [taking.cursor, 'elsewhere.1']) {
      const late = new Taking(presence.subscribe(), { after });
      late.take();
      await late.settle();
      expect(told(late)).toEqual([{ type: 'here', members: [{ id: 'a', meta: ada }] }]);
      late.stop();
    }
    leave();
  });

  it('ends its subscriptions when it is closed, and lets its members leave', async () => {
    const presence = open();
    const leave = presence.enter('a', ada);
    const taking = await watching(presence);
    presence.close();
    expect(taking.take()).toEqual(['end']);
    expect(presence.subscribers).toBe(0);
    leave();
    expect(presence.size).toBe(0);
  });

  it('is the same for whoever watches, whatever members do and however the watcher lags', async () => {
    const step = fc.record({
      do: fc.constantFrom('enter', 'leave', 'watch', 'come back'),
      id: fc.constantFrom('a', 'b', 'c'),
      meta: fc.integer({ min: 0, max: 3 }),
      times: fc.constantFrom(1, 1, 1, 300),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30, size: 'max' }), async (steps) => {
        const presence = new Presence({ meta: z.number() });
        const leaves = new Map<string, (() => void)[]>();
        const seen = new Map<string, number>();
        let taking = new Taking(presence.subscribe());
        const watch = async (): Promise<void> => {
          taking.take();
          await taking.settle();
          for (const event of told(taking)) apply(seen, event as Told);
        };
        for (const { do: what, id, meta, times } of steps) {
          if (what === 'watch') await watch();
          else if (what === 'come back') {
            taking.stop();
            taking = new Taking(presence.subscribe(), { after: taking.cursor });
          } else if (what === 'leave') leaves.get(id)?.pop()?.();
          else {
            for (let i = 1; i < times; i++) presence.enter(id, i)();
            leaves.set(id, [...(leaves.get(id) ?? []), presence.enter(id, meta)]);
          }
        }
        await watch();
        expect(seen).toEqual(presence.members);
        taking.stop();
        for (const leave of [...leaves.values()].flat()) leave();
        expect(presence.size).toBe(0);
      }),
    );
  });
});

type Told =
  | { readonly type: 'here'; readonly members: readonly { readonly id: string; readonly meta: number }[] }
  | { readonly type: 'join' | 'update'; readonly id: string; readonly meta: number }
  | { readonly type: 'leave'; readonly id: string };

/** As a client does. Nobody joins twice, and nobody leaves who is not here. */
function apply(seen: Map<string, number>, event: Told): void {
  if (event.type === 'here') {
    seen.clear();
    for (const { id, meta } of event.members) seen.set(id, meta);
    return;
  }
  expect(seen.has(event.id)).toBe(event.type !== 'join');
  if (event.type === 'leave') seen.delete(event.id);
  else seen.set(event.id, event.meta);
}

describe('the presence of a channel', () => {
  const rooms = () => channels({ event: z.string(), presence: z.object({ name: z.string() }) });

  it('has its subscribers who say so, while their subscriptions are read', async () => {
    const room = rooms().at('a');
    const taking = await watching(room.presence);
    const [one, other] = [1, 2].map(() => new Taking(room.subscribe({ present: { id: 'a', meta: ada } })));
    expect(room.presence.size).toBe(0);
    one?.take();
    other?.take();
    one?.stop();
    one?.stop();
    expect(room.presence.members).toEqual(new Map([['a', ada]]));
    other?.stop();
    expect([room.presence.size, room.subscribers]).toEqual([0, 0]);
    expect(told(taking).slice(1)).toEqual([
      { type: 'join', id: 'a', meta: ada },
      { type: 'leave', id: 'a' },
    ]);
    taking.stop();
  });

  it('loses those whose subscription fails, and those whose channel is closed', async () => {
    const open = rooms();
    const room = open.at('a');
    const present = { id: 'a', meta: ada };
    const snapshot = (): Promise<string> => Promise.reject(new Error('no state'));
    const failing = new Taking(room.subscribe({ present, snapshot }));
    const staying = new Taking(room.subscribe({ present: { id: 'b', meta: ada } }));
    failing.take();
    staying.take();
    expect([...room.presence.members.keys()]).toEqual(['a', 'b']);
    await failing.settle();
    expect([...room.presence.members.keys()]).toEqual(['b']);
    open.close();
    staying.take();
    expect(room.presence.size).toBe(0);
  });

  it('refuses what its schema refuses, and the subscription with it', () => {
    const room = rooms().at('a');
    // @ts-expect-error no name
    const taking = new Taking(room.subscribe({ present: { id: 'a', meta: {} } }));
    expect(taking.take()).toEqual([expect.stringMatching(/^threw /)]);
    expect([room.presence.size, room.subscribers]).toEqual([0, 0]);
  });

  it('is none where none was declared', () => {
    const room = channels({ event: z.string() }).at('a');
    expect(room.presence).toBe(undefined);
    const present = { id: 'a', meta: ada } as never;
    expect(() => room.subscribe({ present })).toThrow(TypeError);
  });

  it('keeps its channel from being forgotten', () => {
    const open = channels({ event: z.string(), presence: z.string(), limit: 1 });
    const leave = open.at('a').presence.enter('ada', 'x');
    expect(() => open.at('b')).toThrow('There are too many channels');
    leave();
    expect(open.at('b').key).toBe('b');
  });
});
