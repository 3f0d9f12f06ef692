import { describe, expect, it } from 'vitest';
import { controlsOf } from '../harness/frames.ts';
import type { ScriptedSocket } from '../harness/scripted-socket.ts';
import type { ServerBench } from '../harness/server-bench.ts';
import { withServer } from '../harness/server-bench.ts';

const limits = { window: 60_000 };
const handlers = { greet: () => 'hi' };

interface Claim {
  readonly sent: number;
  readonly received: number;
}

/** Resumes so many times with the same counts, and gives the sockets. */
type Resumes = (times: number, claim: Claim) => Promise<ScriptedSocket[]>;

function resuming(bench: ServerBench): Resumes {
  let dial = 1;
  return async (times, claim) => {
    const sockets: ScriptedSocket[] = [];
    for (let i = 0; i < times; i++) sockets.push(await bench.resume('a', { dial: ++dial, ...claim }));
    return sockets;
  };
}

const welcomed = (sockets: readonly ScriptedSocket[]): number =>
  sockets.filter((it) => controlsOf(it.frames, 'welcome').length === 1).length;

describe('a session whose resumes bring nothing', () => {
  it('is given up at the tenth that brings nothing, on the new socket and on the old, and its client is told', () =>
    withServer({ limits, handlers }, async (bench) => {
      const resumes = resuming(bench);
      const first = await bench.enter('a');
      await bench.says(first, [[2, 1, 'greet']]);
      const sockets = await resumes(10, { sent: 1, received: 0 });
      expect(welcomed(sockets)).toBe(10);
      const [last] = await resumes(1, { sent: 1, received: 0 });
      expect(last?.frames).toEqual([['bye', 'stuck']]);
      expect(last?.closed).toEqual({ code: 4431, reason: 'stuck' });
      expect(sockets.at(-1)?.frames.at(-1)).toEqual(['bye', 'stuck']);
      expect(bench.host.size).toBe(0);
      expect((await bench.resume('a', { dial: 99 })).frames).toEqual([['gone', 'ended']]);
    })());

  it('also when it is the server that gets nothing of what the client keeps', () =>
    withServer({ limits, handlers }, async (bench) => {
      const resumes = resuming(bench);
      await bench.enter('a');
      const sockets = await resumes(12, { sent: 1, received: 0 });
      expect(sockets.filter((it) => it.closed?.reason === 'stuck')).not.toEqual([]);
      expect(bench.host.size).toBe(0);
    })());

  it('is not given up when there is nothing to bring', () =>
    withServer({ limits, handlers }, async (bench) => {
      const resumes = resuming(bench);
      const first = await bench.enter('a');
      await bench.says(first, [[2, 1, 'greet']]);
      expect(welcomed(await resumes(40, { sent: 1, received: 1 }))).toBe(40);
      expect(bench.host.size).toBe(1);
    })());

  it('is not given up while its client gets something, now and then', () =>
    withServer({ limits, handlers }, async (bench) => {
      const resumes = resuming(bench);
      const first = await bench.enter('a');
      for (let id = 1; id <= 5; id++) await bench.says(first, [[2, id, 'greet']]);
      for (let received = 0; received < 5; received++) {
        expect(welcomed(await resumes(9, { sent: 5, received }))).toBe(9);
      }
      expect(bench.host.size).toBe(1);
    })());

  it('is not given up while its server gets something, now and then', () =>
    withServer(
      { limits, handlers: { greet: () => new Promise(() => {}) }, handlersOutlive: true },
      async (bench) => {
        const resumes = resuming(bench);
        let socket = await bench.enter('a');
        for (let sent = 1; sent <= 5; sent++) {
          await bench.says(socket, [[2, sent, 'greet']]);
          // One more frame always is on its way.
          const sockets = await resumes(9, { sent: sent + 1, received: 0 });
          expect(welcomed(sockets)).toBe(9);
          socket = sockets.at(-1) as ScriptedSocket;
        }
        expect(bench.host.size).toBe(1);
      },
    )());

  it('counts no dial that was refused', () => {
    let refuses = false;
    const createContext = (): void => {
      if (refuses) throw new Error('no');
    };
    return withServer({ limits, handlers, createContext }, async (bench) => {
      const resumes = resuming(bench);
      const first = await bench.enter('a');
      await bench.says(first, [[2, 1, 'greet']]);
      refuses = true;
      await resumes(30, { sent: 1, received: 0 });
      refuses = false;
      expect(welcomed(await resumes(9, { sent: 1, received: 0 }))).toBe(9);
      expect(bench.host.size).toBe(1);
    })();
  });
});
