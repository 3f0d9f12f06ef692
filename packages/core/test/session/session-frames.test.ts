import { describe, expect, it } from 'vitest';
import { Outgoing } from '../../src/session/outgoing.ts';
import { socketBufferBytes } from '../../src/session/ports.ts';
import { defaultLimits } from '../../src/wire/limits.ts';
import { bytesOf } from '../harness/binary-frames.ts';
import { dataOf, messagesOf } from '../harness/frames.ts';
import { SessionBench } from '../harness/session-bench.ts';

/** What the handshake of a new session says of the line. */
const opened = { resumed: false, sent: 0, received: 0 };

const item = (id: number, length = 1): string => JSON.stringify([7, id, 'x'.repeat(length)]);

describe('messages of one turn', () => {
  it('share one frame, in the order they were sent', () => {
    const bench = SessionBench.open();
    for (let id = 1; id <= 100; id++) bench.session.send(`[4,${id}]`, 'reply');
    const frames = bench.flush();
    expect(frames).toHaveLength(1);
    expect(messagesOf(frames).map(([, id]) => id)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
    expect(bench.session.counts.sent).toBe(1);
  });

  it('leave with answers before calls before items, whatever was sent first', () => {
    const bench = SessionBench.open();
    bench.session.send(item(1), 'stream');
    bench.session.send('[1,1,"a"]', 'call');
    bench.session.send('[4,2]', 'reply');
    bench.session.send(item(1), 'stream');
    bench.session.send('[4,3]', 'reply');
    expect(messagesOf(bench.flush()).map(([kind]) => kind)).toEqual([4, 4, 1, 7, 7]);
  });

  it('are divided into frames of about 64 KiB, of which none is lost', () => {
    const bench = SessionBench.open();
    for (let id = 1; id <= 20; id++) bench.session.send(item(id, 10_000), 'reply');
    const frames = bench.flush();
    expect(frames.length).toBeGreaterThan(1);
    for (const frame of bench.socket.sent) expect(frame.length).toBeLessThanOrEqual(65_536);
    expect(messagesOf(frames)).toHaveLength(20);
    expect(bench.session.counts.sent).toBe(frames.length);
  });

  it('that are larger than a frame leave in parts of about 64 KiB, after all that are not', () => {
    const bench = SessionBench.open();
    bench.session.send('[4,1]', 'reply');
    bench.session.send(item(2, 200_000), 'reply');
    bench.session.send('[4,3]', 'reply');
    bench.session.send(item(4), 'stream');
    expect(messagesOf(bench.flush()).map(([, id]) => id)).toEqual([1, 3, 4, 2]);
    expect(bench.socket.sent).toHaveLength(1 + 4);
    for (const frame of bench.socket.sent) expect(bytesOf(frame)).toBeLessThanOrEqual(65_536 + 14);
    expect(bench.session.counts.sent).toBe(5);
  });

  it('that just fit a frame are no parts', () => {
    const bench = SessionBench.open();
    const overhead = item(1, 0).length;
    bench.session.send(item(1, 65_536 - overhead), 'reply');
    bench.session.send(item(2, 65_537 - overhead), 'reply');
    bench.flush();
    expect(bench.socket.sent.map((frame) => typeof frame)).toEqual(['string', 'object', 'object']);
  });

  it('never make a frame over what the other end takes, not even in text of three bytes a character', () => {
    const bench = SessionBench.open({ frameBytes: 10_000, messageBytes: 9000 });
    for (let id = 1; id <= 40; id++) bench.session.send(JSON.stringify([7, id, '…'.repeat(700)]), 'reply');
    bench.flush();
    expect(messagesOf(bench.socket.frames)).toHaveLength(40);
    for (const frame of bench.socket.sent) expect(bytesOf(frame)).toBeLessThanOrEqual(10_000);
  });

  it('wait until there is a socket, and are counted only then', () => {
    const bench = new SessionBench();
    bench.session.send('[4,1]', 'reply');
    bench.flush();
    expect(bench.session.counts.sent).toBe(0);
    bench.session.attach(bench.socket, defaultLimits, opened);
    expect(messagesOf(bench.flush())).toEqual([[4, 1]]);
    expect(bench.session.counts.sent).toBe(1);
  });

  it('wait again when the socket is taken away before the turn ends', () => {
    const bench = SessionBench.open();
    bench.session.send('[4,1]', 'reply');
    bench.session.detach();
    expect(bench.flush()).toEqual([]);
    expect(bench.session.counts.sent).toBe(0);
    bench.session.attach(bench.socket, defaultLimits, opened);
    expect(messagesOf(bench.flush())).toEqual([[4, 1]]);
  });

  it('leave no more once the session has ended', () => {
    const bench = SessionBench.open();
    bench.session.send('[4,1]', 'reply');
    bench.session.end({ name: 'ended' });
    bench.session.send('[4,2]', 'reply');
    expect(bench.flush()).toEqual([]);
  });
});

describe('a socket that is full', () => {
  it('gets nothing more until it has drained', () => {
    const bench = SessionBench.open();
    bench.socket.buffered = socketBufferBytes;
    bench.session.send('[4,1]', 'reply');
    expect(bench.flush()).toEqual([]);
    expect(bench.session.counts.sent).toBe(0);
    bench.socket.buffered = 0;
    bench.session.drained();
    expect(messagesOf(bench.flush())).toEqual([[4, 1]]);
  });

  it('holds at most its bound and one frame', () => {
    const bench = SessionBench.open();
    bench.socket.onSend = (text) => {
      bench.socket.buffered += bytesOf(text);
    };
    for (let id = 1; id <= 100; id++) bench.session.send(item(id, 20_000), 'reply');
    bench.flush();
    expect(bench.socket.buffered).toBeGreaterThanOrEqual(socketBufferBytes);
    expect(bench.socket.buffered).toBeLessThan(socketBufferBytes + 65_536);
    const before = messagesOf(bench.socket.frames).length;
    for (let round = 0; round < 20; round++) {
      bench.socket.buffered = 0;
      bench.session.drained();
      bench.flush();
    }
    expect(before).toBeLessThan(100);
    expect(messagesOf(bench.socket.frames).map(([, id]) => id)).toEqual(
      Array.from({ length: 100 }, (_, i) => i + 1),
    );
  });

  it('still gets pongs, so that the line does not look dead', () => {
    const bench = SessionBench.open();
    bench.socket.buffered = socketBufferBytes;
    bench.hears(['ping', 0, 0]);
    expect(bench.socket.frames).toEqual([['pong', 0, 0]]);
  });
});

describe('the stream lane', () => {
  it('is full at 64 KiB, and tells once there is room again', () => {
    const bench = SessionBench.open();
    bench.socket.buffered = socketBufferBytes;
    bench.session.send(item(1, 60_000), 'stream');
    expect(bench.session.room.reserve(0)).toBe(true);
    bench.session.send(item(1, 6000), 'stream');
    expect(bench.session.room.reserve(0)).toBe(false);
    bench.flush();
    expect(bench.rooms).toBe(0);
    bench.socket.buffered = 0;
    bench.session.drained();
    bench.flush();
    expect(bench.rooms).toBe(1);
    expect(bench.session.room.reserve(0)).toBe(true);
  });

  it('takes no fifth item in parts, but small ones, and tells once one of them has left', () => {
    const bench = SessionBench.open({ windowBytes: 8_000_000 });
    const oneMore = (): void => {
      bench.socket.buffered = 0;
      bench.session.drained();
      bench.flush();
    };
    bench.socket.onSend = () => {
      bench.socket.buffered = socketBufferBytes;
    };
    for (let id = 1; id <= 4; id++) {
      expect(bench.session.room.reserve(700_000)).toBe(true);
      bench.session.room.release(700_000);
      bench.session.send(item(id, 700_000), 'stream');
      oneMore();
    }
    expect(bench.session.room.reserve(700_000)).toBe(false);
    expect(bench.session.room.reserve(100)).toBe(true);
    bench.session.room.release(100);
    while (messagesOf(bench.socket.frames).length === 0) {
      expect(bench.rooms).toBe(0);
      oneMore();
    }
    bench.flush();
    expect(bench.rooms).toBe(1);
  });

  it('is not filled by answers and calls in parts', () => {
    const bench = SessionBench.open();
    bench.socket.buffered = socketBufferBytes;
    for (let id = 1; id <= 8; id++) bench.session.send(item(id, 70_000), id % 2 === 0 ? 'reply' : 'call');
    expect(bench.session.room.reserve(0)).toBe(true);
  });

  it('lets no more be pulled in a turn than it could hold if all were small', () => {
    const bench = SessionBench.open();
    let pulls = 0;
    while (bench.session.room.reserve(0)) pulls++;
    expect(pulls).toBe(256);
    bench.flush();
    expect(bench.rooms).toBe(1);
    expect(bench.session.room.reserve(0)).toBe(true);
  });

  it('takes an item that came for what it is, and not as one that is still expected', () => {
    const bench = SessionBench.open();
    for (let i = 0; i < 1000; i++) {
      expect(bench.session.room.reserve(0)).toBe(true);
      bench.session.room.release(0);
      bench.session.send(item(1, 10), 'stream');
    }
  });

  it('tells of room to nobody who did not ask', () => {
    const bench = SessionBench.open();
    bench.session.send(item(1, 70_000), 'stream');
    bench.flush();
    expect(bench.rooms).toBe(0);
  });

  it('is not held against answers, which pass it', () => {
    const bench = SessionBench.open();
    bench.socket.onSend = (text) => {
      bench.socket.buffered += text.length;
    };
    for (let i = 0; i < 10; i++) bench.session.send(item(1, 60_000), 'stream');
    bench.flush();
    bench.session.send('[4,2]', 'reply');
    bench.socket.buffered = 0;
    bench.session.drained();
    expect(messagesOf(bench.flush())[0]).toEqual([4, 2]);
  });
});

describe('before welcome', () => {
  const early = (): SessionBench => {
    const bench = new SessionBench();
    bench.session.attachEarly(bench.socket);
    return bench;
  };
  /** Frames of one message each: a flush for each of them. */
  const sendOneByOne = (bench: SessionBench, count: number, length: number): void => {
    for (let id = 1; id <= count; id++) {
      bench.session.send(JSON.stringify([1, id, 'x'.repeat(length)]), 'reply');
      bench.flush();
    }
  };

  it('at most 16 frames leave, the rest after it', () => {
    const bench = early();
    sendOneByOne(bench, 20, 1);
    expect(bench.socket.sent).toHaveLength(16);
    bench.session.attach(bench.socket, defaultLimits, opened);
    bench.flush();
    expect(messagesOf(bench.socket.frames).map(([, id]) => id)).toEqual(
      Array.from({ length: 20 }, (_, i) => i + 1),
    );
    expect(bench.session.counts.sent).toBe(dataOf(bench.socket.frames).length);
  });

  it('at most 64 KiB of UTF-8 leave, the rest after it', () => {
    for (const character of ['x', '…', '😀']) {
      const bench = early();
      for (let id = 1; id <= 30; id++) {
        bench.session.send(JSON.stringify([1, id, character.repeat(3000)]), 'reply');
      }
      bench.flush();
      const bytes = bench.socket.sent.reduce((sum, frame) => sum + bytesOf(frame), 0);
      expect(bytes).toBeGreaterThan(0);
      expect(bytes).toBeLessThanOrEqual(65_536);
      bench.session.attach(bench.socket, defaultLimits, opened);
      bench.flush();
      expect(messagesOf(bench.socket.frames)).toHaveLength(30);
    }
  });

  it('a message that the allowance does not hold stays, and keeps its place', () => {
    const bench = early();
    bench.session.send('[1,1,"a"]', 'reply');
    bench.session.send(JSON.stringify([1, 2, 'x'.repeat(60_000)]), 'reply');
    bench.session.send('[1,3,"a"]', 'reply');
    expect(messagesOf(bench.flush()).map(([, id]) => id)).toEqual([1]);
    bench.session.attach(bench.socket, defaultLimits, opened);
    bench.flush();
    expect(messagesOf(bench.socket.frames).map(([, id]) => id)).toEqual([1, 2, 3]);
  });

  it('no part leaves, and what is smaller does not wait for it', () => {
    const bench = early();
    bench.session.send(JSON.stringify([1, 1, 'x'.repeat(70_000)]), 'call');
    bench.session.send('[1,2,"a"]', 'call');
    expect(messagesOf(bench.flush()).map(([, id]) => id)).toEqual([2]);
    expect(bench.socket.sent).toHaveLength(1);
    bench.session.attach(bench.socket, defaultLimits, opened);
    bench.flush();
    expect(messagesOf(bench.socket.frames).map(([, id]) => id)).toEqual([2, 1]);
  });

  it('there are no pings', () => {
    const bench = early();
    bench.session.probe();
    expect(bench.session.sweep(bench.clock.now() + 60_000, false)).toBe('alive');
    expect(bench.socket.frames).toEqual([]);
  });
});

describe('a message that is withdrawn before it left', () => {
  it('is in no frame', () => {
    const bench = SessionBench.open();
    const [gone, kept] = [new Outgoing('[1,1,"a"]'), new Outgoing('[1,2,"a"]')];
    bench.session.send(gone, 'call');
    bench.session.send(kept, 'call');
    bench.session.withdraw(gone, 'call');
    expect(messagesOf(bench.flush())).toEqual([[1, 2, 'a']]);
    expect([gone.state, kept.state]).toEqual(['withdrawn', 'framed']);
  });

  it('makes no empty frame when nothing else waits', () => {
    const bench = SessionBench.open();
    const gone = new Outgoing('[1,1,"a"]');
    bench.session.send(gone, 'call');
    bench.session.withdraw(gone, 'call');
    expect(bench.flush()).toEqual([]);
    expect(bench.session.counts.sent).toBe(0);
  });
});
