import { describe, expect, it } from 'vitest';
import { expectClosed } from '../harness/expect-closed.ts';
import type { Frame } from '../harness/frames.ts';
import { controlsOf, dataOf, helloFrame, messagesOf, resumeFrame, secretOf } from '../harness/frames.ts';
import { Gate } from '../harness/gate.ts';
import { present } from '../harness/present.ts';
import type { ServerBench } from '../harness/server-bench.ts';
import { withServer } from '../harness/server-bench.ts';

const limits = { window: 60_000 };
const call = (id: number): Frame => [[2, id, 'greet', id]];
const handlers = { greet: ({ input }: { input: unknown }) => `hi ${String(input)}` };
const hi = (id: number): Frame => [[4, id, `hi ${id}`]];

/** A server whose contexts are made when the test says so, one gate for each dial. */
function gated(
  body: (bench: ServerBench, gate: (dial: number) => Gate) => Promise<void>,
  options: { readonly handshakeMs?: number } = {},
): () => Promise<void> {
  return () => {
    const gates: Gate[] = [];
    const createContext = (): Promise<void> => {
      const gate = new Gate();
      gates.push(gate);
      return gate.promise;
    };
    return withServer({ limits, handlers, createContext, ...options }, (bench) =>
      body(bench, (dial) => present(gates[dial - 1], `dial ${dial}`)),
    )();
  };
}

describe('a socket that dies while the context of its new session is made', () => {
  it(
    'does not stop it: the session exists, its early calls run once, and a resume gets the answers',
    gated(async (bench, gate) => {
      const first = await bench.enter('a', call(1), call(2));
      first.drops();
      gate(1).open();
      await bench.settle();
      expect(bench.dispatch.ran).toHaveLength(2);
      expect(first.frames).toEqual([]);
      expect(bench.host.size).toBe(1);
      const again = await bench.resume('a', { sent: 2 });
      gate(2).open();
      await bench.settle();
      expect(again.frames).toEqual([
        ['welcome', expect.objectContaining({ resumed: true, received: 2 })],
        [
          [4, 1, 'hi 1'],
          [4, 2, 'hi 2'],
        ],
      ]);
      expect(bench.dispatch.ran).toHaveLength(2);
    }),
  );

  it(
    'and whose session nobody asks for, is forgotten after the window',
    gated(async (bench, gate) => {
      const first = await bench.enter('a', call(1));
      first.drops();
      await bench.advance(5000);
      gate(1).open();
      await bench.advance(59_999);
      expect(bench.host.size).toBe(1);
      await bench.advance(1001);
      expect(bench.host.size).toBe(0);
    }),
  );

  it(
    'runs nothing if the context fails, and tells a client that asks for it that it was never opened',
    gated(async (bench, gate) => {
      const first = await bench.enter('a', call(1));
      first.drops();
      gate(1).fail(new Error('no'));
      await bench.settle();
      expect([bench.dispatch.ran, bench.host.size]).toEqual([[], 0]);
      const again = await bench.resume('a', { sent: 1 });
      expect(again.frames).toEqual([['gone', 'not-opened']]);
      await bench.says(again, helloFrame({ secret: secretOf('b'), dial: 3 }), call(1));
      gate(2).open();
      await bench.settle();
      expect(messagesOf(again.frames)).toEqual(hi(1));
      expect(bench.dispatch.ran).toHaveLength(1);
    }),
  );

  it(
    'and is resumed, of which the resume is let in first: the held calls are let go, and the client’s own run once',
    gated(async (bench, gate) => {
      const first = await bench.enter('a', call(1), call(2));
      first.drops();
      const again = await bench.resume('a', { sent: 2 });
      gate(2).open();
      await bench.settle();
      expect(again.frames).toEqual([['welcome', expect.objectContaining({ resumed: true, received: 0 })]]);
      gate(1).open();
      await bench.settle();
      expect(bench.dispatch.ran).toEqual([]);
      await bench.says(again, call(1), call(2));
      expect(messagesOf(again.frames)).toEqual([...hi(1), ...hi(2)]);
      expect(bench.dispatch.ran).toHaveLength(2);
    }),
  );

  it(
    'and is resumed, of which the first is let in first: its held calls run, and the resume counts them',
    gated(async (bench, gate) => {
      const first = await bench.enter('a', call(1), call(2));
      first.drops();
      const again = await bench.resume('a', { sent: 2 });
      gate(1).open();
      await bench.settle();
      expect(bench.dispatch.ran).toHaveLength(2);
      gate(2).open();
      await bench.settle();
      expect(again.frames[0]).toEqual(['welcome', expect.objectContaining({ resumed: true, received: 2 })]);
      expect(messagesOf(again.frames)).toEqual([...hi(1), ...hi(2)]);
      expect(bench.dispatch.ran).toHaveLength(2);
    }),
  );

  it(
    'and is resumed, of which the first fails: the resume is not concerned',
    gated(async (bench, gate) => {
      const first = await bench.enter('a', call(1));
      first.drops();
      const again = await bench.resume('a', { sent: 1 });
      gate(1).fail(new Error('no'));
      await bench.settle();
      expect(bench.host.size).toBe(1);
      gate(2).open();
      await bench.settle();
      expect(again.frames).toEqual([['welcome', expect.objectContaining({ resumed: true, received: 0 })]]);
      expect(bench.dispatch.ran).toEqual([]);
    }),
  );

  it(
    'and is resumed, of which the resume fails: the first is not concerned',
    gated(async (bench, gate) => {
      const first = await bench.enter('a', call(1));
      first.drops();
      const again = await bench.resume('a', { sent: 1 });
      gate(2).fail(new Error('no'));
      await bench.settle();
      expectClosed(again, 'trouble', { message: 'trouble' });
      gate(1).open();
      await bench.settle();
      expect(bench.dispatch.ran).toHaveLength(1);
      const third = await bench.resume('a', { dial: 3, sent: 1 });
      gate(3).open();
      await bench.settle();
      expect(dataOf(third.frames)).toEqual([hi(1)]);
    }),
  );

  it(
    'and says 1001 or 1000, as a page that is reloaded does, has a session of 5 s',
    gated(async (bench, gate) => {
      for (const code of [1000, 1001]) {
        const first = await bench.enter(`a${code}`);
        first.drops(code);
      }
      gate(1).open();
      gate(2).open();
      await bench.advance(4999);
      expect(bench.host.size).toBe(2);
      await bench.advance(1001);
      expect(bench.host.size).toBe(0);
    }),
  );

  it(
    'with a code that ends sessions takes its session with it, and its calls never run',
    gated(async (bench, gate) => {
      const first = await bench.enter('a', call(1));
      first.drops(4420);
      expect(bench.host.size).toBe(0);
      gate(1).open();
      await bench.settle();
      expect(bench.dispatch.ran).toEqual([]);
    }),
  );
});

describe('a socket that lives while its dial is undecided', () => {
  it(
    'and is overtaken by a resume is told that it is stale, and none of its calls runs',
    gated(async (bench, gate) => {
      const first = await bench.enter('a', call(1));
      const again = await bench.resume('a', { sent: 1 });
      gate(2).open();
      await bench.settle();
      await bench.says(first, call(2));
      gate(1).open();
      await bench.settle();
      expectClosed(first, 'stale-dial');
      expect(bench.dispatch.ran).toEqual([]);
      await bench.says(again, call(1));
      expect(messagesOf(again.frames)).toEqual(hi(1));
    }),
  );

  it(
    'is let in, and a resume that was asked for meanwhile takes the session from it',
    gated(async (bench, gate) => {
      const first = await bench.enter('a', call(1));
      const again = await bench.resume('a', { sent: 1 });
      gate(1).open();
      await bench.settle();
      expect(controlsOf(first.frames, 'welcome')).toHaveLength(1);
      gate(2).open();
      await bench.settle();
      expect(first.terminated).toBe(true);
      expect(again.frames[0]).toEqual(['welcome', expect.objectContaining({ received: 1 })]);
      expect(messagesOf(again.frames)).toEqual(hi(1));
    }),
  );

  it(
    'that never settles is in trouble, and whatever its context comes to later, nothing of it runs',
    gated(
      async (bench, gate) => {
        const first = await bench.enter('a', call(1));
        await bench.advance(1500);
        expect(first.frames.at(-1)).toEqual(['bye', 'trouble']);
        gate(1).open();
        await bench.settle();
        expect(bench.dispatch.ran).toEqual([]);
        const again = await bench.resume('a', { sent: 1 });
        expect(again.frames).toEqual([['gone', 'not-opened']]);
        expect(bench.host.size).toBe(0);
      },
      { handshakeMs: 1000 },
    ),
  );

  it(
    'or not, and whose context never settles, leaves no session behind after the window',
    gated(
      async (bench) => {
        const first = await bench.enter('a', call(1));
        first.drops();
        await bench.enter('b', call(1));
        await bench.advance(63_000);
        expect(bench.host.size).toBe(0);
        expect(bench.clock.armed).toBe(0);
      },
      { handshakeMs: 1000 },
    ),
  );
});

describe('a resume that never settles', () => {
  it(
    'is in trouble after the handshake, and the session goes on as it was',
    gated(async (bench, gate) => {
      const live = await bench.enter('a', call(1));
      gate(1).open();
      await bench.settle();
      const again = await bench.resume('a', { sent: 1, received: 1 });
      for (let i = 0; i < 3; i++) {
        await bench.advance(4000);
        await bench.says(live, ['ping', 1, 1]);
      }
      expectClosed(again, 'trouble');
      gate(2).open();
      await bench.says(live, call(2));
      expect(live.frames.at(-1)).toEqual(hi(2));
      expect(again.frames).toHaveLength(1);
    }),
  );
});

describe('a bye while a resume is being decided', () => {
  for (const closes of [false, true]) {
    const after = closes ? ', though the socket is closed by then' : '';

    it(
      `ends the session when the resume is let in${after}`,
      gated(async (bench, gate) => {
        const old = await bench.enter('a');
        gate(1).open();
        await bench.settle();
        const again = await bench.resume('a');
        await bench.says(again, ['bye', 'closed']);
        if (closes) again.drops(1000);
        expect(old.live).toBe(true);
        expect(bench.host.size).toBe(1);
        gate(2).open();
        await bench.settle();
        expect(bench.host.size).toBe(0);
        expect(old.terminated).toBe(true);
        expect(controlsOf(again.frames, 'welcome')).toEqual([]);
        expect(await bench.resume('a', { dial: 3 })).toMatchObject({ frames: [['gone', 'ended']] });
      }),
    );

    it(
      `does not end it when the resume is refused${after}: whoever said it may be anybody`,
      gated(async (bench, gate) => {
        const old = await bench.enter('a');
        gate(1).open();
        await bench.settle();
        const again = await bench.resume('a');
        await bench.says(again, ['bye', 'closed']);
        if (closes) again.drops(1000);
        gate(2).fail(new Error('no'));
        await bench.says(old, call(1));
        expect(messagesOf(old.frames)).toEqual(hi(1));
        old.drops();
        await bench.advance(61_000);
        expect(bench.host.size).toBe(0);
      }),
    );
  }

  it(
    'of an open ends its session at once, and nothing of it runs',
    gated(async (bench, gate) => {
      const socket = await bench.enter('a', call(1), ['bye', 'closed']);
      expect(bench.host.size).toBe(0);
      expect(socket.live).toBe(false);
      gate(1).open();
      await bench.settle();
      expect(bench.dispatch.ran).toEqual([]);
    }),
  );
});

describe('a session that ends while a resume of it is being decided', () => {
  it(
    'is gone, and the socket may open another',
    gated(async (bench, gate) => {
      const old = await bench.enter('a');
      gate(1).open();
      await bench.settle();
      const again = await bench.resume('a');
      await bench.says(old, ['bye', 'closed']);
      expect(again.frames).toEqual([['gone', 'ended']]);
      gate(2).open();
      await bench.says(again, helloFrame({ secret: secretOf('b'), dial: 3 }), call(1));
      gate(3).open();
      await bench.settle();
      expect(again.frames[1]).toEqual(['welcome', expect.objectContaining({ resumed: false })]);
      expect(messagesOf(again.frames)).toEqual(hi(1));
    }),
  );

  it(
    'because it would have expired meanwhile is not, until that is decided',
    gated(async (bench, gate) => {
      const old = await bench.enter('a');
      gate(1).open();
      await bench.settle();
      old.drops();
      await bench.advance(59_500);
      const again = await bench.resume('a');
      await bench.advance(5000);
      expect(bench.host.size).toBe(1);
      gate(2).open();
      await bench.settle();
      expect(again.frames[0]).toEqual(['welcome', expect.objectContaining({ resumed: true })]);
    }),
  );

  it(
    'because it would have expired meanwhile does, whatever else is asked: not for ever one resume after the other',
    gated(async (bench, gate) => {
      const old = await bench.enter('a');
      gate(1).open();
      await bench.settle();
      old.drops();
      await bench.advance(55_000);
      for (let dial = 2; dial < 20 && bench.host.size > 0; dial++) {
        await bench.resume('a', { dial });
        await bench.advance(4000);
      }
      expect(bench.clock.now() - 1_000_000).toBeLessThanOrEqual(60_000 + 10_000 + 5000);
      expect(bench.host.size).toBe(0);
    }),
  );

  it(
    'because it would have expired meanwhile is, when the resume comes to nothing',
    gated(async (bench, gate) => {
      const old = await bench.enter('a');
      gate(1).open();
      await bench.settle();
      old.drops();
      await bench.advance(59_500);
      const again = await bench.resume('a');
      await bench.advance(5000);
      gate(2).fail(new Error('no'));
      await bench.advance(1000);
      expect(again.closed?.reason).toBe('trouble');
      expect(bench.host.size).toBe(0);
      const late = bench.visit();
      await bench.says(late, resumeFrame('a', { dial: 3 }));
      expect(late.frames).toEqual([['gone', 'expired']]);
    }),
  );
});
