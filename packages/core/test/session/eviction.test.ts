import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Frame } from '../harness/frames.ts';
import { helloFrame, secretOf } from '../harness/frames.ts';
import { Gate } from '../harness/gate.ts';
import { present } from '../harness/present.ts';
import type { ScriptedSocket } from '../harness/scripted-socket.ts';
import { ServerBench, withServer } from '../harness/server-bench.ts';

const limits = { window: 600_000 };
/** Answers with so many characters. */
const handlers = { fill: ({ input }: { input: unknown }) => 'x'.repeat(Number(input)) };
const createContext = (_: string, params: unknown): unknown => params;
const identity = (context: unknown): string | undefined => (context as { user?: string }).user;

interface Origin {
  readonly user?: string;
  readonly address?: string;
}

/** A client of whose answers the server keeps about so many characters. */
async function enters(
  bench: ServerBench,
  name: string,
  keeps: number,
  { user, address = 'somewhere' }: Origin = {},
): Promise<ScriptedSocket> {
  const socket = bench.visit(address);
  await bench.says(socket, helloFrame({ secret: secretOf(`${name}_`), params: user ? { user } : {} }));
  for (let id = 1, left = keeps; left > 0; id++, left -= 50_000) {
    await bench.says(socket, [[2, id, 'fill', Math.min(left, 50_000)]]);
  }
  return socket;
}

/** What becomes of a session that is asked for again. */
async function fate(bench: ServerBench, name: string, origin: Origin = {}): Promise<string> {
  const { user, address = 'somewhere' } = origin;
  const params = user ? { user } : {};
  const again = await bench.resume(`${name}_`, { dial: 2, sent: 100, params }, address);
  const [word, reason] = present(again.frames[0], 'answer');
  return word === 'gone' ? String(reason) : String(word);
}

describe('sessions without a socket that are more than the server keeps', () => {
  it(
    'are evicted, the longest absent first, though all have a socket to lose yet',
    withServer({ limits, absentSessions: 2 }, async (bench) => {
      const sockets = [];
      for (const name of ['a', 'b', 'c', 'd']) sockets.push(await enters(bench, name, 0));
      for (const i of [2, 0, 1]) {
        sockets[i]?.drops();
        await bench.settle();
      }
      expect(bench.host.size).toBe(3);
      expect(sockets[3]?.live).toBe(true);
      expect(await fate(bench, 'c')).toBe('evicted');
      expect([await fate(bench, 'a'), await fate(bench, 'b')]).toEqual(['welcome', 'welcome']);
    }),
  );

  it(
    'are evicted from the identity that has most of them, whatever its addresses',
    withServer({ limits, absentSessions: 3, createContext, identity }, async (bench) => {
      const others = [
        ['b1', { user: 'bob', address: '1' }],
        ['c1', { user: 'cy', address: '1' }],
      ] as const;
      for (const [name, origin] of others) (await enters(bench, name, 0, origin)).drops();
      for (let i = 1; i <= 3; i++) {
        (await enters(bench, `a${i}`, 0, { user: 'ada', address: `${i}` })).drops();
        await bench.settle();
      }
      expect(bench.host.size).toBe(3);
      for (const i of [1, 2]) expect(await fate(bench, `a${i}`, { user: 'ada' })).toBe('evicted');
      expect(await fate(bench, 'a3', { user: 'ada' })).toBe('welcome');
      for (const [name, origin] of others) expect(await fate(bench, name, origin)).toBe('welcome');
    }),
  );

  it(
    'are evicted from the address that has most of them, where there is no identity',
    withServer({ limits, absentSessions: 2 }, async (bench) => {
      (await enters(bench, 'b', 0, { address: 'home' })).drops();
      for (let i = 1; i <= 4; i++) (await enters(bench, `a${i}`, 0, { address: 'botnet' })).drops();
      await bench.settle();
      expect(await fate(bench, 'b', { address: 'home' })).toBe('welcome');
      expect(await fate(bench, 'a3', { address: 'botnet' })).toBe('evicted');
      expect(await fate(bench, 'a4', { address: 'botnet' })).toBe('welcome');
    }),
  );

  it(
    'are not counted together because a user is called as an address is',
    withServer({ limits, absentSessions: 3, createContext, identity }, async (bench) => {
      (await enters(bench, 'a1', 0, { user: 'same', address: 'x' })).drops();
      (await enters(bench, 'b1', 0, { address: 'same' })).drops();
      (await enters(bench, 'c1', 0, { address: 'other' })).drops();
      (await enters(bench, 'c2', 0, { address: 'other' })).drops();
      await bench.settle();
      expect(await fate(bench, 'c1', { address: 'other' })).toBe('evicted');
      expect(await fate(bench, 'a1', { user: 'same' })).toBe('welcome');
      expect(await fate(bench, 'b1', { address: 'same' })).toBe('welcome');
    }),
  );

  it(
    'go some way below the bound at once, so that looking through all of them is paid for by several',
    withServer({ limits, absentSessions: 20 }, async (bench) => {
      for (let i = 1; i <= 21; i++) {
        (await enters(bench, `a${i}`, 0)).drops();
        await bench.settle();
        expect(bench.host.size).toBe(i < 21 ? i : 18);
      }
      for (const i of [1, 2, 3]) expect(await fate(bench, `a${i}`)).toBe('evicted');
    }),
  );

  it(
    'do not count when they are back',
    withServer({ limits, absentSessions: 1 }, async (bench) => {
      for (const name of ['a', 'b', 'c']) {
        (await enters(bench, name, 0)).drops();
        await bench.settle();
        expect(await fate(bench, name)).toBe('welcome');
      }
      expect(bench.host.size).toBe(3);
    }),
  );

  it(
    'may be none: then a drop ends a session as if there were no window',
    withServer({ limits, absentSessions: 0 }, async (bench) => {
      const live = await enters(bench, 'b', 0);
      (await enters(bench, 'a', 0)).drops();
      await bench.settle();
      expect(await fate(bench, 'a')).toBe('evicted');
      expect(live.live).toBe(true);
    }),
  );

  it('are evicted although they are being asked for, and whoever asks is told', () => {
    const gate = new Gate();
    const slow = (request: string): unknown => (request === 'slow' ? gate.promise : undefined);
    return withServer({ limits, absentSessions: 1, createContext: slow }, async (bench) => {
      (await enters(bench, 'a', 0)).drops();
      const again = await bench.resume('a_', {}, 'slow');
      (await enters(bench, 'b', 0)).drops();
      await bench.settle();
      expect(again.frames).toEqual([['gone', 'evicted']]);
      gate.open();
      await bench.settle();
      expect(again.frames).toHaveLength(1);
      expect(bench.host.size).toBe(1);
    })();
  });

  it('tells its handlers, in a turn of its own', () => {
    const told: string[] = [];
    const waits = ({ signal }: { signal: AbortSignal }): Promise<void> =>
      new Promise((resolve) =>
        signal.addEventListener('abort', () => {
          told.push(String(signal.reason));
          resolve();
        }),
      );
    return withServer({ limits, absentSessions: 1, handlers: { waits } }, async (bench) => {
      const first = await bench.enter('a', [[2, 1, 'waits']]);
      first.drops();
      const second = await bench.enter('b');
      second.drops();
      expect(told).toEqual([]);
      await bench.settle();
      expect(told).toEqual([expect.stringContaining('(evicted)')]);
    })();
  });

  it('are never more than that, and always those go of whoever has most, under any sequence of drops and returns', async () => {
    const step = fc.record({ client: fc.nat({ max: 11 }), owner: fc.nat({ max: 2 }) });
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 40 }),
        fc.integer({ min: 1, max: 4 }),
        async (steps, most) => {
          const bench = new ServerBench({ limits, absentSessions: most });
          let absent: { name: string; owner: string }[] = [];
          const live = new Map<string, { socket: ScriptedSocket; owner: string; dial: number }>();
          let sessions = 0;
          for (const { client, owner } of steps) {
            const alive = [...live][client];
            if (alive === undefined) {
              const name = `s${++sessions}`;
              const socket = await enters(bench, name, 0, { address: `${owner}` });
              live.set(name, { socket, owner: `${owner}`, dial: 1 });
              continue;
            }
            const [name, { socket, owner: its }] = alive;
            live.delete(name);
            socket.drops();
            absent.push({ name, owner: its });
            if (absent.length > most) {
              const share = (it: string): number => absent.filter(({ owner: of }) => of === it).length;
              const largest = Math.max(...absent.map((it) => share(it.owner)));
              await bench.settle();
              const candidates = absent.filter(
                (it, i) =>
                  share(it.owner) === largest && absent.findIndex(({ owner: of }) => of === it.owner) === i,
              );
              const gone: string[] = [];
              for (const it of candidates) {
                // A wrong count says whether a session exists, and leaves it as it is.
                const asked = await bench.resume(`${it.name}_`, { received: 9 }, it.owner);
                if (asked.frames[0]?.[0] === 'gone') gone.push(it.name);
              }
              expect(gone).toHaveLength(1);
              absent = absent.filter((it) => it.name !== gone[0]);
            }
            await bench.settle();
            expect(bench.host.size).toBe(live.size + absent.length);
          }
          await bench.finish();
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('what a server holds for all its clients', () => {
  it(
    'and is too much costs absent sessions first, those of whoever holds most, the longest absent first',
    withServer({ limits, handlers, keptBytes: 400_000, createContext, identity }, async (bench) => {
      const bob = await enters(bench, 'b1', 90_000, { user: 'bob' });
      bob.drops();
      for (const i of [1, 2, 3]) (await enters(bench, `a${i}`, 50_000, { user: 'ada' })).drops();
      const live = await enters(bench, 'l', 60_000, { user: 'lea' });
      expect(bench.host.size).toBe(5);
      const more = await enters(bench, 'm', 60_000, { user: 'mia' });
      await enters(bench, 'n', 60_000, { user: 'noa' });
      expect([live.live, more.live]).toEqual([true, true]);
      // It goes some way below its bound.
      for (const name of ['a1', 'a2']) expect(await fate(bench, name, { user: 'ada' })).toBe('evicted');
      expect(await fate(bench, 'a3', { user: 'ada' })).toBe('welcome');
      expect(await fate(bench, 'b1', { user: 'bob' })).toBe('welcome');
    }),
  );

  it('does not include what dials hold that are not decided: that costs no session, absent or live', () => {
    const gate = new Gate();
    const slow = (request: string): unknown => (request === 'stranger' ? gate.promise : undefined);
    const frame: Frame = [[2, 1, 'fill', 'x'.repeat(65_000)]];
    return withServer({ limits, handlers, keptBytes: 400_000, createContext: slow }, async (bench) => {
      (await enters(bench, 'a', 100_000)).drops();
      const live = await enters(bench, 'l', 100_000);
      for (let i = 0; i < 40; i++) {
        const stranger = bench.visit('stranger');
        await bench.says(stranger, helloFrame({ secret: secretOf(`s${i}`) }), frame);
        stranger.drops();
        await bench.settle();
      }
      expect(live.live).toBe(true);
      expect(await fate(bench, 'a')).toBe('welcome');
      gate.open();
      await bench.settle();
    })();
  });

  it('bounds apart what is held of dials that are not decided: beyond an eighth of it they are turned away, and nothing of them runs', () => {
    const gates: Gate[] = [];
    const slow = (): Promise<void> => {
      const gate = new Gate();
      gates.push(gate);
      return gate.promise;
    };
    const frame: Frame = [[2, 1, 'fill', 'x'.repeat(60_000)]];
    return withServer({ limits, handlers, keptBytes: 800_000, createContext: slow }, async (bench) => {
      const first = await bench.enter('a', frame);
      const second = await bench.enter('b', frame);
      const third = await bench.enter('c', frame);
      expect([first.live, second.live]).toEqual([true, true]);
      expect(third.closed).toEqual({ code: 4503, reason: 'overloaded' });
      gates[2]?.open();
      await bench.settle();
      expect(bench.dispatch.ran).toEqual([]);
      for (const socket of [first, second]) socket.drops(4420);
      const fourth = await bench.enter('d', frame);
      expect(fourth.live).toBe(true);
      for (const gate of gates) gate.open();
      await bench.settle();
      expect(bench.dispatch.ran).toHaveLength(1);
    })();
  });

  it(
    'does not cost sessions that hold nothing: their end would bring nothing',
    withServer({ limits, handlers, keptBytes: 100_000 }, async (bench) => {
      for (const name of ['a', 'b', 'c']) (await enters(bench, name, 0)).drops();
      const heavy = await enters(bench, 'd', 50_000);
      heavy.drops();
      await enters(bench, 'e', 40_000);
      expect(bench.host.size).toBe(5);
      await enters(bench, 'f', 40_000);
      expect(await fate(bench, 'd')).toBe('evicted');
      for (const name of ['a', 'b', 'c']) expect(await fate(bench, name)).toBe('welcome');
    }),
  );

  it(
    'and is too much with nobody absent ends the heaviest live session, and no other',
    withServer({ limits, handlers, keptBytes: 150_000 }, async (bench) => {
      const small = await enters(bench, 'a', 100);
      const heavy = await enters(bench, 'b', 64_000);
      const other = await enters(bench, 'c', 50_000);
      expect([small.live, heavy.live, other.live]).toEqual([true, true, true]);
      const last = await enters(bench, 'd', 40_000);
      expect(heavy.closed).toEqual({ code: 4430, reason: 'overflow' });
      expect([small.live, other.live, last.live]).toEqual([true, true, true]);
    }),
  );

  it(
    'is let go of with acknowledgements, with resumes, and with the end of a session',
    withServer({ limits, handlers, keptBytes: 150_000 }, async (bench) => {
      const socket = await enters(bench, 'a', 50_000);
      for (let id = 2; id <= 20; id++) {
        await bench.says(socket, ['ack', id - 1, id - 1], [[2, id, 'fill', 50_000]]);
      }
      const again = await bench.resume('a_', { sent: 20, received: 20 }, 'somewhere');
      for (let i = 0; i < 5; i++) {
        const other = await enters(bench, `b${i}`, 60_000);
        expect(other.live).toBe(true);
        await bench.says(other, ['bye', 'closed']);
      }
      expect(again.live).toBe(true);
      expect(bench.host.size).toBe(1);
    }),
  );

  it(
    'above half of the bound has each session keep at most 64 KiB',
    withServer({ limits, handlers, keptBytes: 1_000_000 }, async (bench) => {
      const first = await enters(bench, 'a', 400_000);
      expect(first.frames.filter(([it]) => typeof it !== 'string')).toHaveLength(8);
      await enters(bench, 'b', 120_000);
      const third = await enters(bench, 'c', 150_000);
      // Two answers reach the bound; the third waits, and its end asks.
      expect(third.frames.filter(([it]) => typeof it !== 'string')).toHaveLength(2);
      expect(third.frames.at(-1)).toEqual(['ping', 2, 3]);
      await bench.says(first, ['ack', 8, 8]);
      await bench.says(third, ['pong', 3, 2]);
      expect(third.frames.filter(([it]) => typeof it !== 'string')).toHaveLength(3);
    }),
  );
});
