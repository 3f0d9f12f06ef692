import { describe, expect, it } from 'vitest';
import { socketBufferBytes } from '../../src/session/ports.ts';
import type { Frame } from '../harness/frames.ts';
import { controlsOf } from '../harness/frames.ts';
import { ScriptedSocket } from '../harness/scripted-socket.ts';
import { SessionBench } from '../harness/session-bench.ts';

const window = 60_000;
const frame = (id: number, length = 1): Frame => [[4, id, 'x'.repeat(length)]];

/** So many frames come in. */
function hears(bench: SessionBench, count: number, length?: number): void {
  for (let id = 1; id <= count; id++) bench.hears(frame(id, length));
}

describe('an acknowledgement', () => {
  it('is due after 128 frames, not before, and goes alone if nothing else leaves', () => {
    const bench = SessionBench.open({ window });
    hears(bench, 127);
    expect(bench.flush()).toEqual([]);
    hears(bench, 1);
    expect(bench.flush()).toEqual([['ack', 0, 128]]);
  });

  it('is due again after 128 more', () => {
    const bench = SessionBench.open({ window });
    hears(bench, 128);
    bench.flush();
    hears(bench, 127);
    expect(bench.flush()).toEqual([]);
    hears(bench, 1);
    expect(bench.flush()).toEqual([['ack', 0, 256]]);
  });

  it('is one for a turn, however many frames came in', () => {
    const bench = SessionBench.open({ window });
    hears(bench, 200);
    expect(bench.flush()).toEqual([['ack', 0, 200]]);
  });

  it('is due after 256 KiB', () => {
    const bench = SessionBench.open({ window });
    hears(bench, 6, 10_000);
    expect(bench.flush()).toEqual([]);
    hears(bench, 1, 10_000);
    expect(bench.flush()).toEqual([['ack', 0, 7]]);
  });

  it('is due after a quarter of what the other end keeps, if that is less', () => {
    const bench = SessionBench.open({ window, windowBytes: 8000 });
    hears(bench, 1, 1900);
    expect(bench.flush()).toEqual([]);
    hears(bench, 1, 100);
    expect(bench.flush()).toEqual([['ack', 0, 2]]);
  });

  it('is told by the sweep at the latest, once', () => {
    const bench = SessionBench.open({ window });
    hears(bench, 1);
    bench.session.sweep(bench.clock.now(), false);
    expect(bench.socket.frames).toEqual([['ack', 0, 1]]);
    bench.session.sweep(bench.clock.now(), false);
    expect(bench.socket.frames).toHaveLength(1);
    expect(bench.session.sweepMs).toBeLessThanOrEqual(1000);
  });

  it('rides on a data frame when it is due, and then does not go alone', () => {
    const bench = SessionBench.open({ window });
    hears(bench, 128);
    bench.session.send('[4,1]', 'reply');
    expect(bench.flush()).toEqual([[128, [4, 1]]]);
    bench.session.sweep(bench.clock.now(), false);
    expect(bench.socket.frames).toHaveLength(1);
  });

  it('rides on a data frame before it is due, where it costs that next to nothing', () => {
    const bench = SessionBench.open({ window });
    hears(bench, 3);
    bench.session.send('[4,1]', 'reply');
    expect(bench.flush()).toEqual([[[4, 1]]]);
    const long = [4, 2, 'x'.repeat(600)];
    bench.session.send(JSON.stringify(long), 'reply');
    expect(bench.flush()).toEqual([[3, long]]);
    bench.session.send(JSON.stringify(long), 'reply');
    expect(bench.flush()).toEqual([[long]]);
  });

  it('does not ride on each data frame: one is enough', () => {
    const bench = SessionBench.open({ window });
    hears(bench, 129);
    for (let id = 1; id <= 3; id++) bench.session.send(JSON.stringify(frame(id, 60_000)[0]), 'reply');
    expect(bench.flush().map(([first]) => typeof first)).toEqual(['number', 'object', 'object']);
    hears(bench, 3);
    bench.session.send('[4,4]', 'reply');
    expect(bench.flush()).toEqual([[[4, 4]]]);
  });

  it('is what pings and pongs are, too', () => {
    const bench = SessionBench.open({ window });
    hears(bench, 20);
    bench.hears(['ping', 20, 0]);
    hears(bench, 20);
    bench.session.probe();
    hears(bench, 127);
    expect(bench.flush()).toEqual([]);
    expect(bench.socket.frames).toEqual([
      ['pong', 0, 20],
      ['ping', 0, 40],
    ]);
    hears(bench, 1);
    expect(bench.flush()).toEqual([['ack', 0, 168]]);
  });

  it('counts what was handed on: never a frame of which the handler has not heard', () => {
    const bench = SessionBench.open({ window });
    const seen: number[] = [];
    bench.message = () => seen.push(bench.session.counts.received);
    bench.hears([
      [4, 1],
      [4, 2],
    ]);
    expect(seen).toEqual([1, 1]);
    bench.hears([[99, 1]]);
    expect(bench.session.counts.received).toBe(1);
  });

  it('passes a socket that is full: the other end may be waiting for it', () => {
    const bench = SessionBench.open({ window });
    bench.socket.buffered = socketBufferBytes;
    bench.session.send('[4,1]', 'reply');
    hears(bench, 128);
    expect(bench.flush()).toEqual([['ack', 0, 128]]);
  });

  it('is not owed for what the other end learned by a resume', () => {
    const bench = SessionBench.open({ window });
    hears(bench, 127);
    bench.session.detach();
    const line = { resumed: true, sent: 127, received: 0 };
    const again = new ScriptedSocket();
    bench.session.attach(again, bench.session.limits, line);
    bench.session.sweep(bench.clock.now(), false);
    hears(bench, 1);
    bench.flush();
    expect(again.frames).toEqual([]);
  });

  it('waits for a socket, and is told by the resume', () => {
    const bench = SessionBench.open({ window });
    hears(bench, 40);
    bench.session.detach();
    expect(bench.flush()).toEqual([]);
    expect(bench.session.counts.received).toBe(40);
  });
});

describe('a session without a window', () => {
  it('keeps nothing and acknowledges nothing, however much passes', () => {
    const bench = SessionBench.open({ window: 0 });
    hears(bench, 100, 10_000);
    for (let id = 1; id <= 100; id++) {
      bench.session.send(JSON.stringify(frame(id, 50_000)[0]), 'reply');
      bench.flush();
    }
    bench.session.sweep(bench.clock.now(), false);
    expect(controlsOf(bench.socket.frames, 'ack')).toEqual([]);
    expect(bench.socket.frames.filter(([first]) => typeof first === 'number')).toEqual([]);
    expect(bench.socket.frames).toHaveLength(100);
    expect(bench.session.held).toBe(0);
  });

  it('lets go of what left early when it learns that there is none', () => {
    const bench = new SessionBench();
    bench.session.attachEarly(bench.socket);
    bench.session.send('[1,1,"a"]', 'call');
    bench.flush();
    expect(bench.session.held).toBeGreaterThan(0);
    bench.session.attach(bench.socket, bench.session.limits, { resumed: false, sent: 0, received: 0 });
    expect(bench.session.held).toBe(0);
  });

  it('ignores acknowledgements, but not those of what was never sent', () => {
    const bench = SessionBench.open({ window: 0 });
    bench.session.send('[4,1]', 'reply');
    bench.flush();
    bench.hears([1, ...frame(1)]);
    bench.hears(['ack', 1, 1]);
    expect(bench.session.ended).toBe(false);
    bench.hears(['ack', 1, 2]);
    expect(bench.ends).toEqual([{ name: 'miscount' }]);
  });
});
