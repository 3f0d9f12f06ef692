import { describe, expect, it } from 'vitest';
import type { CloseName } from '../../src/wire/close-codes.ts';
import { expectClosed } from '../harness/expect-closed.ts';
import type { Frame } from '../harness/frames.ts';
import { controlsOf, helloFrame, secretOf } from '../harness/frames.ts';
import { Gate } from '../harness/gate.ts';
import { withServer } from '../harness/server-bench.ts';

const call = (id: number, path = 'greet'): Frame => [[2, id, path]];
const handlers = { greet: () => 'hi' };

describe('a socket that does not keep to the handshake is closed', () => {
  const first: readonly (readonly [what: string, data: string | Uint8Array, name: CloseName])[] = [
    ['data before hello', '[[2,1,"greet"]]', 'unexpected'],
    ['a ping before hello', '["ping",0,0]', 'unexpected'],
    ['a welcome', '["welcome",{}]', 'malformed'],
    ['no JSON', 'GET / HTTP/1.1', 'malformed'],
    ['no array', '{"hello":1}', 'malformed'],
    ['an empty array', '[]', 'malformed'],
    ['an unknown control frame', '["hi"]', 'malformed'],
    ['bytes', new Uint8Array([1, 2, 3]), 'malformed'],
    ['a hello with counts', JSON.stringify(helloFrame({ sent: 1 })), 'malformed'],
    ['a hello of dial 0', JSON.stringify(helloFrame({ dial: 0 })), 'malformed'],
    ['a hello that is too long', JSON.stringify(helloFrame({ server: 'x'.repeat(70_000) })), 'too-large'],
  ];
  for (const [what, data, name] of first) {
    it(
      what,
      withServer({ handlers }, async (bench) => {
        const socket = bench.visit();
        socket.saysRaw(data);
        await bench.settle();
        expectClosed(socket, name);
        socket.says(helloFrame());
        await bench.settle();
        expect(bench.host.size).toBe(0);
        expect(socket.frames).toHaveLength(1);
      }),
    );
  }

  it(
    'a hello that is too long in bytes of UTF-8',
    withServer({}, async (bench) => {
      const socket = bench.visit();
      await bench.says(socket, helloFrame({ server: '…'.repeat(30_000) }));
      expectClosed(socket, 'too-large');
    }),
  );

  it('a second hello while the context is made', () => {
    const gate = new Gate();
    return withServer({ createContext: () => gate.promise, handlers }, async (bench) => {
      const socket = await bench.enter('a', call(1), helloFrame({ secret: secretOf('b') }));
      expectClosed(socket, 'unexpected');
      gate.open();
      await bench.settle();
      expect(bench.dispatch.ran).toEqual([]);
      expect(bench.host.size).toBe(0);
    })();
  });

  it(
    'a second hello after welcome',
    withServer({ handlers }, async (bench) => {
      const socket = await bench.enter('a');
      await bench.says(socket, helloFrame({ secret: secretOf('b'), dial: 2 }));
      expectClosed(socket, 'unexpected');
      expect(bench.host.size).toBe(0);
    }),
  );

  it('a control frame that is none, while the context is made', () => {
    const gate = new Gate();
    return withServer({ createContext: () => gate.promise }, async (bench) => {
      const control = await bench.enter('b');
      control.saysRaw('["hola"]');
      await bench.settle();
      expectClosed(control, 'malformed');
      gate.open();
    })();
  });

  for (const [what, data] of [
    ['text', '[[2,2'],
    ['bytes', new Uint8Array(3)],
  ] as const) {
    it(`held ${what} that turn out to be no frame, and what followed them is not carried out`, () => {
      const gate = new Gate();
      return withServer({ createContext: () => gate.promise, handlers }, async (bench) => {
        const socket = await bench.enter('a', call(1));
        socket.saysRaw(data);
        socket.says(call(3));
        gate.open();
        await bench.settle();
        expectClosed(socket, 'malformed');
        expect(bench.dispatch.ran).toHaveLength(1);
      })();
    });
  }
});

describe('a socket that says nothing', () => {
  it(
    'is closed when the handshake is over, not before',
    withServer({}, async (bench) => {
      const socket = bench.visit();
      await bench.advance(9999);
      expect(socket.live).toBe(true);
      await bench.advance(1001);
      expectClosed(socket, 'handshake-timeout');
    }),
  );

  it(
    'is not closed by a sweep that comes late: its hello may lie unread',
    withServer({}, async (bench) => {
      const socket = bench.visit();
      bench.clock.sleep(60_000);
      await bench.advance(0);
      expect(socket.live).toBe(true);
      await bench.says(socket, helloFrame());
      expect(controlsOf(socket.frames, 'welcome')).toHaveLength(1);
    }),
  );

  it('waits for its context no longer than that either: its client has given up by then', () => {
    const gate = new Gate();
    return withServer({ createContext: () => gate.promise, handlers }, async (bench) => {
      const socket = await bench.enter('a', call(1));
      await bench.advance(9_000);
      expect(socket.live).toBe(true);
      await bench.advance(4_000);
      expect(socket.frames.at(-1)).toEqual(['bye', 'trouble']);
      gate.open();
      await bench.settle();
      expect(bench.dispatch.ran).toHaveLength(0);
    })();
  });
});
