import type { Connection } from '@hawser/client';
import { connect, createClient, hawserErrorOf } from '@hawser/client';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type ScriptedWebSocket, scriptedSockets, settled, welcome } from './scripted-web-socket.ts';

interface Api {
  echo: { query(input: unknown): Promise<unknown> };
}

const connections: Connection[] = [];

beforeEach(() => vi.useFakeTimers());

afterEach(async () => {
  for (const connection of connections.splice(0)) await connection.close();
  // What is left is at most the patience with a closing handshake.
  vi.advanceTimersByTime(2000);
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

function open(Base = scriptedSockets()) {
  const { WebSocket, sockets, last } = Base;
  const connection = connect({ url: 'ws://server.example/rpc', WebSocket, onError: () => {} });
  connections.push(connection);
  const api = createClient(connection) as unknown as Api;
  return { connection, api, sockets, last };
}

function fault(call: Promise<unknown>) {
  return call.then(
    () => undefined,
    (error: unknown) => hawserErrorOf(error),
  );
}

describe('dialling', () => {
  test('offers the subprotocol and wants bytes as ArrayBuffer', () => {
    const { last } = open();
    expect(last()).toMatchObject({
      url: 'ws://server.example/rpc',
      protocols: 'hawser.1',
      binaryType: 'arraybuffer',
    });
  });

  test.each([
    ['http://a.example/rpc', 'ws://a.example/rpc'],
    ['https://a.example', 'wss://a.example/'],
    ['wss://a.example/x?y=1#z', 'wss://a.example/x?y=1'],
  ])('%s is dialled as %s', (url, dialled) => {
    const { WebSocket, last } = scriptedSockets();
    connections.push(connect({ url, WebSocket }));
    expect(last().url).toBe(dialled);
  });

  test.each(['ftp://a.example', 'nonsense', '', '/rpc'])(
    '%j is refused at once, where there is no page',
    (url) => {
      expect(() => connect({ url })).toThrow(TypeError);
    },
  );

  test('a class that throws is a dial that failed, and is tried again', async () => {
    const { sockets, WebSocket } = scriptedSockets();
    let throws = true;
    class Moody extends WebSocket {
      constructor(url: string, protocols?: string | string[]) {
        if (throws) throw new DOMException('Blocked', 'SecurityError');
        super(url, protocols);
      }
    }
    const { connection } = open({ sockets, WebSocket: Moody, last: () => sockets[0] as ScriptedWebSocket });
    vi.advanceTimersByTime(0);
    expect(connection.status).toMatchObject({ state: 'waiting', reason: 'unreachable' });
    throws = false;
    vi.advanceTimersByTime(500);
    sockets[0]?.welcome();
    expect(connection.state).toBe('open');
  });

  test('a server that never answers is given up after 10 s, and dialled again', () => {
    const { connection, last, sockets } = open();
    last().open();
    vi.advanceTimersByTime(9999);
    expect(connection.state).toBe('connecting');
    vi.advanceTimersByTime(1);
    expect(connection.status).toMatchObject({ state: 'waiting', reason: 'no-answer' });
    expect(sockets[0]?.closes).toHaveLength(1);
    vi.advanceTimersByTime(500);
    expect(sockets).toHaveLength(2);
  });

  test('a socket that never opens is given up after 10 s, and dialled again', () => {
    const { connection, sockets } = open();
    vi.advanceTimersByTime(10_000);
    expect(connection.status).toMatchObject({ state: 'waiting', reason: 'no-answer' });
    vi.advanceTimersByTime(500);
    expect(sockets).toHaveLength(2);
  });

  test.each([
    ['text that is no frame', 'Welcome to my chat server'],
    ['a frame that is no answer', [['pong', 0, 0]]],
    ['a ping', ['ping', 0, 0]],
    ['half a welcome', ['welcome', { session: 's1' }]],
    ['bytes', new ArrayBuffer(4)],
  ])('a server that answers with %s is not Hawser, and not dialled again by itself', async (_, answer) => {
    const { connection, api, last, sockets } = open();
    const call = fault(api.echo.query(1));
    last().open();
    last().receive(answer);
    expect(connection.status).toMatchObject({ state: 'waiting', reason: 'not-hawser', retryAt: undefined });
    expect(await call).toMatchObject({ code: 'refused', reason: 'not-hawser' });
    vi.advanceTimersByTime(60_000);
    expect(sockets).toHaveLength(1);
  });
});

describe('a close', () => {
  test.each([
    [1000, 'dropped'],
    [1001, 'dropped'],
    [1006, 'dropped'],
    [1005, 'dropped'],
    [1011, 'dropped'],
    [1009, 'too-large'],
    [4410, 'ended'],
    [4420, 'malformed'],
    [4500, 'trouble'],
    [4503, 'overloaded'],
    [4999, 'dropped'],
  ])('with %d is told as %s, and the client redials', (code, reason) => {
    const { connection, last, sockets } = open();
    last().welcome();
    last().drop(code);
    expect(connection.status).toMatchObject({ state: 'waiting', reason, retryAt: expect.any(Number) });
    vi.advanceTimersByTime(30_000);
    expect(sockets.length).toBeGreaterThan(1);
  });

  test.each([
    [4400, 'bad-request'],
    [4401, 'unauthorized'],
    [4403, 'forbidden'],
  ])('with %d is told as %s, and the client waits for its user', (code, reason) => {
    const { connection, last, sockets } = open();
    last().open();
    last().drop(code);
    expect(connection.status).toMatchObject({ state: 'waiting', reason, retryAt: undefined });
    vi.advanceTimersByTime(60_000);
    expect(sockets).toHaveLength(1);
    connection.retry();
    expect(sockets).toHaveLength(2);
  });

  test('before the socket opened is a server that is unreachable', () => {
    const { connection, last } = open();
    last().drop();
    expect(connection.status).toMatchObject({ state: 'waiting', reason: 'unreachable' });
  });
});

describe('late events of an old socket', () => {
  test('change nothing of the new one', async () => {
    const { connection, api, sockets, last } = open();
    last().welcome();
    last().drop();
    vi.advanceTimersByTime(50);
    last().welcome();
    const call = api.echo.query('x');
    await settled();
    const [old, current] = sockets as [ScriptedWebSocket, ScriptedWebSocket];
    old.open();
    old.receive([[4, 1, 'from the dead']]);
    old.receive('garbage');
    old.receive(['bye', 'unauthorized']);
    old.drop(4401);
    expect([connection.state, sockets.length]).toEqual(['open', 2]);
    current.receive([[4, 1, 'alive']]);
    expect(await call).toBe('alive');
  });

  test('that opens after it was given up send nothing', () => {
    const { sockets } = open();
    vi.advanceTimersByTime(10_000);
    sockets[0]?.open();
    sockets[0]?.receive(welcome());
    expect(sockets[0]?.sent).toEqual([]);
  });

  test('of a connection that was closed while it dialled bring nothing back', async () => {
    const { connection, sockets, last } = open();
    await connection.close();
    expect(last().closes).toEqual([[]]);
    last().open();
    last().receive(welcome());
    last().drop();
    vi.advanceTimersByTime(60_000);
    expect([connection.state, sockets.length, last().sent]).toEqual(['closed', 1, []]);
  });
});

describe('closing', () => {
  test('says bye and closes with 1000', async () => {
    const { connection, last } = open();
    last().welcome();
    await connection.close();
    expect(last().sent.at(-1)).toBe('["bye","closed"]');
    expect(last().closes).toEqual([[1000, 'closed']]);
  });

  test('drops a socket of `ws` that does not answer within 2 s', async () => {
    const terminated = vi.fn();
    const base = scriptedSockets();
    class Terminable extends base.WebSocket {
      terminate(): void {
        terminated();
        this.drop();
      }
    }
    const { connection, last } = open({ ...base, WebSocket: Terminable });
    last().welcome();
    await connection.close();
    vi.advanceTimersByTime(1999);
    expect(terminated).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(terminated).toHaveBeenCalledOnce();
  });

  test('survives a class that tells `close` before its `close` returns', async () => {
    const base = scriptedSockets();
    class Hasty extends base.WebSocket {
      override close(code?: number, reason?: string): void {
        super.close(code, reason);
        if (this.readyState !== 3) this.drop(code);
      }
    }
    const { connection, last, sockets } = open({ ...base, WebSocket: Hasty });
    last().open();
    last().receive('garbage');
    expect(connection.status).toMatchObject({ state: 'waiting', reason: 'not-hawser' });
    connection.retry();
    await connection.close();
    expect([connection.state, sockets.length]).toEqual(['closed', 2]);
  });

  test('leaves a socket alone that answers in time', async () => {
    const { connection, last } = open();
    last().welcome();
    await connection.close();
    last().drop(1000);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('for a violation uses codes that a page may use', () => {
    const { connection, last, sockets } = open();
    last().welcome();
    last().receive(new ArrayBuffer(3));
    expect(sockets[0]?.closes).toEqual([[4420, 'malformed']]);
    expect(connection.status).toMatchObject({ state: 'waiting', reason: 'malformed' });
  });
});

describe('the socket’s own buffer', () => {
  const full = 256 * 1024;

  test('takes no more at 256 KiB, and the rest when it has drained', async () => {
    const { api, last } = open();
    last().welcome();
    const socket = last();
    const calls = [api.echo.query('a')];
    const send = vi.spyOn(socket, 'send').mockImplementation((frame) => {
      socket.sent.push(frame);
      socket.bufferedAmount = full;
    });
    await settled();
    expect(socket.messages).toHaveLength(1);
    calls.push(api.echo.query('b'), api.echo.query('c'));
    await settled();
    vi.advanceTimersByTime(100);
    await settled();
    expect(socket.messages).toHaveLength(1);
    socket.bufferedAmount = full - 1;
    vi.advanceTimersByTime(5);
    await settled();
    expect(socket.messages).toHaveLength(3);
    send.mockRestore();
    for (const id of [1, 2, 3]) socket.receive([[4, id, id]]);
    expect(await Promise.all(calls)).toEqual([1, 2, 3]);
  });

  test('lets pongs pass although it is full', async () => {
    const { last } = open();
    last().welcome();
    last().bufferedAmount = full;
    last().receive(['ping', 0, 0]);
    expect(last().sent.at(-1)).toBe('["pong",0,0]');
  });

  test('is not looked at any more once the socket is gone', async () => {
    const { api, connection, last } = open();
    last().welcome();
    const socket = last();
    socket.bufferedAmount = full;
    void fault(api.echo.query('a'));
    const send = vi.spyOn(socket, 'send');
    socket.bufferedAmount = 0;
    send.mockImplementation(() => {
      socket.bufferedAmount = full;
    });
    await settled();
    expect(send).toHaveBeenCalledOnce();
    socket.drop();
    await connection.close();
    vi.advanceTimersByTime(5);
    expect(vi.getTimerCount()).toBe(0);
    send.mockRestore();
  });
});
