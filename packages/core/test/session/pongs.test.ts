import { describe, expect, it } from 'vitest';
import { socketBufferBytes } from '../../src/session/ports.ts';
import { SessionBench } from '../harness/session-bench.ts';

describe('pings that arrive while the socket is full', () => {
  const full = (): SessionBench => {
    const bench = SessionBench.open();
    bench.session.send('[4,1]', 'reply');
    bench.flush();
    bench.socket.buffered = socketBufferBytes;
    return bench;
  };
  const pongs = (bench: SessionBench): readonly unknown[] =>
    bench.socket.frames.filter(([name]) => name === 'pong');

  it('get one pong more, and nothing piles up behind it', () => {
    const bench = full();
    for (let i = 0; i < 1000; i++) bench.hears(['ping', 0, 1]);
    expect(pongs(bench)).toEqual([['pong', 1, 0]]);
  });

  it('are answered by one pong when it has drained, with the counts of that moment', () => {
    const bench = full();
    bench.hears(['ping', 0, 1]);
    bench.hears(['ping', 0, 1]);
    bench.hears([[4, 9]]);
    bench.hears(['ping', 1, 1]);
    bench.socket.buffered = 0;
    bench.session.drained();
    bench.flush();
    expect(pongs(bench)).toEqual([
      ['pong', 1, 0],
      ['pong', 1, 1],
    ]);
  });

  it('owe nothing once it has drained', () => {
    const bench = full();
    bench.hears(['ping', 0, 1]);
    bench.socket.buffered = 0;
    bench.session.drained();
    bench.flush();
    bench.session.drained();
    bench.flush();
    expect(pongs(bench)).toHaveLength(1);
    bench.hears(['ping', 0, 1]);
    expect(pongs(bench)).toHaveLength(2);
  });

  it('after that get one more again when it is full again', () => {
    const bench = full();
    bench.hears(['ping', 0, 1]);
    bench.hears(['ping', 0, 1]);
    bench.socket.buffered = 0;
    bench.session.drained();
    bench.flush();
    bench.socket.buffered = socketBufferBytes;
    bench.hears(['ping', 0, 1]);
    bench.hears(['ping', 0, 1]);
    expect(pongs(bench)).toHaveLength(3);
  });

  it('are answered before the data that wait, which the counts of the pong do not hold', () => {
    const bench = full();
    bench.hears(['ping', 0, 1]);
    bench.hears(['ping', 0, 1]);
    bench.session.send('[4,2]', 'reply');
    bench.socket.buffered = 0;
    bench.session.drained();
    bench.flush();
    expect(bench.socket.frames.slice(2)).toEqual([['pong', 1, 0], [[4, 2]]]);
  });
});
