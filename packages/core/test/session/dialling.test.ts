import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/wire/control.ts';
import { withClient } from '../harness/client-bench.ts';
import { dataOf, secretOf, welcomeFrame } from '../harness/frames.ts';
import { Gate } from '../harness/gate.ts';
import { fault } from '../harness/recorded-call.ts';

describe('the first dial', () => {
  it(
    'is made at once',
    withClient({}, (bench) => {
      expect(bench.sockets).toHaveLength(1);
      expect(bench.connection.state).toBe('connecting');
    }),
  );

  it(
    'is made at the first call when the connection is lazy, and only once',
    withClient({ lazy: true }, async (bench) => {
      await bench.advance(60_000);
      expect(bench.sockets).toHaveLength(0);
      expect(bench.connection.state).toBe('idle');
      expect(bench.clock.armed).toBe(0);
      bench.query('a');
      bench.query('b');
      expect(bench.sockets).toHaveLength(1);
    }),
  );

  it(
    'is made by retry when the connection is lazy',
    withClient({ lazy: true }, (bench) => {
      bench.connection.retry();
      expect(bench.sockets).toHaveLength(1);
    }),
  );

  it(
    'says hello when the socket opens, with what the page asks for',
    withClient({ params: () => ({ token: 't' }) }, async (bench) => {
      await bench.opens();
      expect(bench.hellos()).toEqual([
        {
          mode: 'open',
          secret: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
          dial: 1,
          sent: 0,
          received: 0,
          params: { token: 't' },
        },
      ]);
    }),
  );

  it(
    'says nothing before the socket opens',
    withClient({}, async (bench) => {
      bench.query('a');
      await bench.settle();
      expect(bench.socket.texts).toEqual([]);
    }),
  );

  it(
    'sends calls right behind its hello, before welcome',
    withClient({}, async (bench) => {
      const call = bench.query('a', 5);
      await bench.opens();
      expect(bench.messages()).toEqual([[1, 1, 'a', 5]]);
      await bench.says(welcomeFrame(), [[4, 1, 'answer']]);
      expect(call.told).toEqual([['result', 'answer']]);
    }),
  );
});

describe('welcome', () => {
  it(
    'opens the connection',
    withClient({}, async (bench) => {
      await bench.welcomes();
      expect(bench.states).toEqual(['connecting', 'open']);
      expect(bench.connection.status).toEqual({
        state: 'open',
        reason: undefined,
        attempt: 0,
        retryAt: undefined,
      });
    }),
  );

  it(
    'with counts that cannot be is a miscount, and the next dial opens a new session',
    withClient({}, async (bench) => {
      await bench.welcomes({ received: 1 });
      expect(bench.socket.frames.at(-1)).toEqual(['bye', 'miscount']);
      expect(bench.socket.closed).toEqual({ code: 4422, reason: 'miscount' });
      const [first] = bench.hellos();
      await bench.untilNextDial();
      await bench.opens();
      expect(bench.hellos()[0]).toMatchObject({ mode: 'open', dial: 2 });
      expect(bench.hellos()[0]?.['secret']).not.toBe(first?.['secret']);
    }),
  );

  it(
    'with counts that cannot be is a miscount also in answer to resume',
    withClient({}, async (bench) => {
      await bench.opens();
      await bench.dropsAndRedials();
      await bench.welcomes({ resumed: true, received: 3 });
      expect(bench.socket.frames.at(-1)).toEqual(['bye', 'miscount']);
      expect(bench.socket.closed).toEqual({ code: 4422, reason: 'miscount' });
    }),
  );

  it(
    'a second time is unexpected',
    withClient({}, async (bench) => {
      await bench.welcomes();
      await bench.says(welcomeFrame());
      expect(bench.socket.closed).toEqual({ code: 4421, reason: 'unexpected' });
      expect(bench.connection.status.state).toBe('waiting');
      expect(bench.connection.status.retryAt).toBeDefined();
    }),
  );

  it(
    'that was lost makes the next hello say resume, with the same secret and a higher dial',
    withClient({}, async (bench) => {
      bench.query('a');
      await bench.opens();
      const [first] = bench.hellos();
      await bench.dropsAndRedials();
      await bench.opens();
      expect(bench.hellos()).toEqual([{ ...first, mode: 'resume', dial: 2, sent: 1 }]);
      expect(dataOf(bench.socket.frames)).toEqual([]);
    }),
  );
});

describe('gone', () => {
  it(
    'makes the client open a new session on the same socket, and send what waits there',
    withClient({}, async (bench) => {
      await bench.opens();
      await bench.dropsAndRedials();
      const call = bench.query('a');
      await bench.opens();
      await bench.says(['gone', 'off']);
      const [resume, open] = bench.hellos();
      expect(resume).toMatchObject({ mode: 'resume', dial: 2 });
      expect(open).toMatchObject({ mode: 'open', dial: 3, sent: 0, received: 0 });
      expect(open?.['secret']).not.toBe(resume?.['secret']);
      expect(bench.sockets).toHaveLength(2);
      expect(bench.messages()).toEqual([[1, 1, 'a']]);
      await bench.says(welcomeFrame(), [[4, 1, 'x']]);
      expect(bench.connection.state).toBe('open');
      expect(call.told).toEqual([['result', 'x']]);
    }),
  );

  it(
    'has the whole handshake anew',
    withClient({}, async (bench) => {
      await bench.opens();
      await bench.dropsAndRedials();
      await bench.opens();
      await bench.advance(9000);
      await bench.says(['gone', 'off']);
      await bench.advance(9000);
      expect(bench.socket.live).toBe(true);
      await bench.advance(1000);
      expect(bench.connection.status).toMatchObject({ state: 'waiting', reason: 'no-answer' });
    }),
  );

  it(
    'in answer to open is not what a Hawser server says',
    withClient({}, async (bench) => {
      await bench.opens();
      await bench.says(['gone', 'off']);
      expect(bench.connection.status).toMatchObject({ state: 'waiting', reason: 'not-hawser' });
      expect(bench.connection.status.retryAt).toBeUndefined();
    }),
  );

  it(
    'a second time is not what a Hawser server says',
    withClient({}, async (bench) => {
      await bench.opens();
      await bench.dropsAndRedials();
      await bench.opens();
      await bench.says(['gone', 'off']);
      await bench.says(['gone', 'off']);
      expect(bench.connection.status).toMatchObject({ state: 'waiting', reason: 'not-hawser' });
    }),
  );

  it(
    'names the server of the last welcome in the hello that follows it',
    withClient({}, async (bench) => {
      await bench.welcomes({ server: 'K1' });
      await bench.dropsAndRedials();
      await bench.opens();
      expect(bench.hellos()[0]).toMatchObject({ server: 'K1' });
    }),
  );
});

describe('an answer that no Hawser server gives', () => {
  const answers: Readonly<Record<string, string | Uint8Array>> = {
    tRPC: '{"id":null,"error":{}}',
    text: 'hello',
    'an empty frame': '[]',
    data: '[[4,1,"x"]]',
    'an echo of the hello': JSON.stringify([
      'hello',
      { mode: 'open', secret: secretOf('s'), dial: 1, sent: 0, received: 0 },
    ]),
    'a ping': '["ping",0,0]',
    'a welcome without its fields': '["welcome",{}]',
    'a bye of an unknown name': '["bye","constructor"]',
    bytes: new Uint8Array([1, 2, 3]),
  };
  for (const [what, data] of Object.entries(answers)) {
    it(
      `such as ${what}, drops the socket and makes the client wait for its user`,
      withClient({}, async (bench) => {
        const left = bench.mutation('a');
        await bench.opens();
        const unsent = bench.mutation('b');
        bench.socket.saysRaw(data);
        await bench.settle();
        expect(bench.connection.status).toMatchObject({ state: 'waiting', reason: 'not-hawser' });
        expect(bench.connection.status.retryAt).toBeUndefined();
        expect(bench.socket.terminated).toBe(true);
        expect(left.told).toEqual([fault('refused', 'unknown', 'not-hawser')]);
        expect(unsent.told).toEqual([fault('refused', 'not-run', 'not-hawser')]);
        await bench.advance(3_600_000);
        expect(bench.sockets).toHaveLength(1);
      }),
    );
  }
});

describe('silence', () => {
  it(
    'of a socket that does not open is no answer, and the client redials',
    withClient({}, async (bench) => {
      await bench.advance(10_000);
      expect(bench.connection.status).toMatchObject({ state: 'waiting', reason: 'no-answer' });
      expect(bench.socket.terminated).toBe(true);
      await bench.untilNextDial();
    }),
  );

  it(
    'in answer to hello is no answer, counted from the opening of the socket',
    withClient({}, async (bench) => {
      await bench.advance(9000);
      await bench.opens();
      await bench.advance(9999);
      expect(bench.connection.state).toBe('connecting');
      await bench.advance(1);
      expect(bench.connection.status).toMatchObject({ state: 'waiting', reason: 'no-answer' });
      expect(bench.socket.terminated).toBe(true);
      await bench.untilNextDial();
    }),
  );

  it(
    'after welcome ends nothing: the deadline of the handshake is gone',
    withClient({}, async (bench) => {
      await bench.welcomes();
      for (let i = 0; i < 5; i++) {
        await bench.advance(9000);
        await bench.says(['pong', 0, 0]);
      }
      expect(bench.connection.state).toBe('open');
    }),
  );
});

describe('a line that falls silent', () => {
  it(
    'is pinged, dropped without a closing handshake within 15 s, and dialled again',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const { socket } = bench;
      await bench.advance(15_000);
      expect(socket.frames.filter(([name]) => name === 'ping')).toHaveLength(1);
      expect(socket.terminated).toBe(true);
      expect(socket.closed).toBeUndefined();
      expect(bench.statuses.some((it) => it.state === 'waiting' && it.reason === 'dead')).toBe(true);
    }),
  );

  it(
    'is pinged after half of the heartbeat while a call waits for its answer',
    withClient({}, async (bench) => {
      await bench.welcomes();
      bench.query('a');
      await bench.advance(5000);
      expect(bench.socket.frames.filter(([name]) => name === 'ping')).toHaveLength(1);
    }),
  );

  it(
    'is tried at once by wake, and dead 3 s later',
    withClient({}, async (bench) => {
      await bench.welcomes();
      bench.connection.wake();
      expect(bench.socket.frames.at(-1)).toEqual(['ping', 0, 0]);
      const { socket } = bench;
      await bench.advance(4000);
      expect(socket.terminated).toBe(true);
    }),
  );

  it(
    'is kept over a sleep of the machine when it answers then',
    withClient({}, async (bench) => {
      await bench.welcomes();
      bench.clock.sleep(3_600_000);
      await bench.advance(0);
      expect(bench.socket.live).toBe(true);
      expect(bench.socket.frames.at(-1)).toEqual(['ping', 0, 0]);
      await bench.says(['pong', 0, 0]);
      await bench.advance(5000);
      expect(bench.connection.state).toBe('open');
    }),
  );

  it(
    'uses the heartbeat that welcome announced',
    withClient({}, async (bench) => {
      await bench.welcomes({ limits: { heartbeat: 400 } });
      await bench.advance(1000);
      expect(bench.socket.frames.filter(([name]) => name === 'ping')).toHaveLength(1);
    }),
  );
});

describe('params', () => {
  it('are asked for anew for each dial', () => {
    let asked = 0;
    return withClient({ params: () => ({ asked: ++asked }) }, async (bench) => {
      await bench.opens();
      await bench.dropsAndRedials();
      await bench.opens();
      expect(bench.hellos()[0]).toMatchObject({ params: { asked: 2 } });
    })();
  });

  it('that reject are told, and tried again with backoff, without a socket', () => {
    const errors = [new Error('one'), new Error('two')];
    const params = (): Promise<JsonObject> => {
      const error = errors.shift();
      return error ? Promise.reject(error) : Promise.resolve({});
    };
    return withClient({ params }, async (bench) => {
      expect(bench.connection.status).toMatchObject({ state: 'waiting', reason: 'params' });
      await bench.untilNextDial();
      expect(bench.states).toEqual(['connecting', 'waiting', 'connecting', 'waiting', 'connecting']);
      expect(bench.errors.map(String)).toEqual(['Error: one', 'Error: two']);
    })();
  });

  it(
    'that throw are like those that reject',
    withClient(
      {
        params: () => {
          throw new Error('thrown');
        },
      },
      (bench) => {
        expect(bench.connection.status).toMatchObject({ state: 'waiting', reason: 'params' });
        expect(bench.connection.status.retryAt).toBeDefined();
      },
    ),
  );

  it('that cannot be serialised are like those that reject', () => {
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    return withClient({ params: () => circular }, (bench) => {
      expect(bench.connection.status).toMatchObject({ state: 'waiting', reason: 'params' });
    })();
  });

  it(
    'that never come are given up after the handshake, and tried again',
    withClient({ params: () => new Promise(() => {}) }, async (bench) => {
      await bench.advance(9999);
      expect(bench.connection.state).toBe('connecting');
      await bench.advance(1);
      expect(bench.connection.status).toMatchObject({ state: 'waiting', reason: 'no-answer' });
      await bench.advance(500);
      expect(bench.connection.state).toBe('connecting');
      expect(bench.sockets).toHaveLength(0);
    }),
  );

  it('that come after the connection was closed dial nothing', () => {
    const gate = new Gate<JsonObject>();
    return withClient({ params: () => gate.promise }, async (bench) => {
      await bench.connection.close();
      gate.open({});
      await bench.settle();
      expect(bench.sockets).toHaveLength(0);
    })();
  });

  it('that come after their deadline do not dial beside the next attempt', () => {
    const gates = [new Gate<JsonObject>(), new Gate<JsonObject>()];
    let asked = 0;
    return withClient({ params: () => gates[asked++]?.promise ?? {} }, async (bench) => {
      await bench.advance(10_500);
      expect(asked).toBe(2);
      gates[0]?.open({});
      await bench.settle();
      expect(bench.sockets).toHaveLength(0);
      gates[1]?.open({ second: true });
      await bench.settle();
      await bench.opens();
      expect(bench.sockets).toHaveLength(1);
      expect(bench.hellos()[0]).toMatchObject({ params: { second: true } });
    })();
  });
});

describe('a listener', () => {
  it(
    'is told the state at once and at each change, until it leaves',
    withClient({}, async (bench) => {
      const seen: string[] = [];
      const leave = bench.connection.subscribe(({ state }) => seen.push(state));
      await bench.welcomes();
      leave();
      bench.socket.drops();
      expect(seen).toEqual(['connecting', 'open']);
    }),
  );

  it(
    'that throws does not keep the others from being told, nor the connection from working',
    withClient({}, async (bench) => {
      const seen: string[] = [];
      bench.connection.subscribe(() => {
        throw new Error('listener');
      });
      bench.connection.subscribe(({ state }) => seen.push(state));
      await bench.welcomes();
      expect(seen).toEqual(['connecting', 'open']);
      expect(bench.errors).toHaveLength(2);
    }),
  );

  it(
    'gets the same object until something changes',
    withClient({}, async (bench) => {
      const before = bench.connection.status;
      await bench.opens();
      expect(bench.connection.status).toBe(before);
    }),
  );

  it(
    'sees every change in order also when another one acts on it at once',
    withClient({}, async (bench) => {
      bench.connection.subscribe(({ state }) => {
        if (state === 'waiting') bench.connection.retry();
      });
      const seen: string[] = [];
      bench.connection.subscribe(({ state }) => seen.push(state));
      await bench.welcomes();
      bench.socket.drops();
      await bench.settle();
      expect(seen).toEqual(['connecting', 'open', 'waiting', 'connecting']);
    }),
  );
});
