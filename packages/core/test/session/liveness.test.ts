import { describe, expect, it } from 'vitest';
import { SessionBench } from '../harness/session-bench.ts';

/** Sweeps as its owner would, each second, until so much later; answers what the last sweep found. */
function passes(bench: SessionBench, ms: number): 'alive' | 'dead' {
  let verdict: 'alive' | 'dead' = 'alive';
  const step = bench.session.sweepMs;
  for (let gone = 0; gone < ms && verdict === 'alive'; gone += step) {
    bench.clock.sleep(step);
    verdict = bench.session.sweep(bench.clock.now(), false);
  }
  return verdict;
}

const pings = (bench: SessionBench): number => bench.socket.frames.filter(([name]) => name === 'ping').length;

describe('a silent line', () => {
  it('is pinged after a heartbeat, not before', () => {
    const bench = SessionBench.open();
    passes(bench, 8900);
    expect(pings(bench)).toBe(0);
    passes(bench, 1100);
    expect(pings(bench)).toBe(1);
  });

  it('is pinged after half a heartbeat when something is outstanding', () => {
    const bench = SessionBench.open();
    bench.outstanding = true;
    passes(bench, 3900);
    expect(pings(bench)).toBe(0);
    passes(bench, 1100);
    expect(pings(bench)).toBe(1);
  });

  it('is pinged after half a heartbeat while frames wait for their acknowledgement', () => {
    const bench = SessionBench.open({ window: 60_000 });
    bench.session.send('[4,1]', 'reply');
    bench.flush();
    passes(bench, 3900);
    expect(pings(bench)).toBe(0);
    passes(bench, 1100);
    expect(pings(bench)).toBe(1);
    bench.hears(['pong', 0, 1]);
    passes(bench, 8900);
    expect(pings(bench)).toBe(1);
  });

  it('is dead when nothing arrived for the grace after the ping', () => {
    const bench = SessionBench.open();
    passes(bench, 10_000);
    const pinged = bench.clock.now();
    expect(passes(bench, 60_000)).toBe('dead');
    expect(bench.clock.now() - pinged).toBeGreaterThanOrEqual(5000);
    expect(bench.clock.now() - pinged).toBeLessThanOrEqual(6000);
  });

  it('is found within 15 s of the last frame, as the page promises', () => {
    const bench = SessionBench.open();
    const since = bench.clock.now();
    expect(passes(bench, 60_000)).toBe('dead');
    expect(bench.clock.now() - since).toBeLessThanOrEqual(15_000);
  });

  it('is pinged once, not at every sweep', () => {
    const bench = SessionBench.open();
    passes(bench, 13_000);
    expect(pings(bench)).toBe(1);
  });
});

describe('any inbound frame is life', () => {
  const frames: readonly (readonly [string, string])[] = [
    ['a pong', '["pong",0,0]'],
    ['a ping', '["ping",0,0]'],
    ['an acknowledgement', '["ack",0,0]'],
    ['data', '[[4,1]]'],
  ];
  for (const [what, text] of frames) {
    it(what, () => {
      const bench = SessionBench.open();
      passes(bench, 13_000);
      bench.session.receive(text);
      expect(passes(bench, 8000)).toBe('alive');
      expect(pings(bench)).toBe(1);
      expect(passes(bench, 3000)).toBe('alive');
      expect(pings(bench)).toBe(2);
    });
  }
});

describe('a sweep that comes late, as after a sleep', () => {
  it('pings a silent line and gives it 3 s, and never kills it at once', () => {
    const bench = SessionBench.open();
    bench.clock.sleep(3_600_000);
    expect(bench.session.sweep(bench.clock.now(), true)).toBe('alive');
    expect(pings(bench)).toBe(1);
    bench.clock.sleep(2999);
    expect(bench.session.sweep(bench.clock.now(), false)).toBe('alive');
    bench.clock.sleep(1);
    expect(bench.session.sweep(bench.clock.now(), false)).toBe('dead');
  });

  it('gives 3 s anew to a line whose ping was sent before the sleep', () => {
    const bench = SessionBench.open();
    passes(bench, 10_000);
    expect(pings(bench)).toBe(1);
    bench.clock.sleep(3_600_000);
    expect(bench.session.sweep(bench.clock.now(), true)).toBe('alive');
    expect(pings(bench)).toBe(2);
    bench.session.receive('["pong",0,0]');
    expect(passes(bench, 5000)).toBe('alive');
  });
});

describe('a judge that always comes late, as in a hidden tab', () => {
  it('finds a dead line at the second judgement', () => {
    const bench = SessionBench.open();
    bench.clock.sleep(60_000);
    expect(bench.session.sweep(bench.clock.now(), true)).toBe('alive');
    bench.clock.sleep(60_000);
    expect(bench.session.sweep(bench.clock.now(), true)).toBe('dead');
  });

  it('keeps a line that answers each time', () => {
    const bench = SessionBench.open();
    for (let i = 0; i < 5; i++) {
      bench.clock.sleep(60_000);
      expect(bench.session.sweep(bench.clock.now(), true)).toBe('alive');
      bench.session.receive('["pong",0,0]');
    }
  });
});

describe('a probe', () => {
  it('pings at once and gives 3 s', () => {
    const bench = SessionBench.open();
    bench.session.probe();
    expect(pings(bench)).toBe(1);
    expect(passes(bench, 2000)).toBe('alive');
    expect(passes(bench, 2000)).toBe('dead');
  });

  it('does not lengthen a grace that is under way', () => {
    const bench = SessionBench.open();
    passes(bench, 14_000);
    bench.session.probe();
    expect(passes(bench, 1000)).toBe('dead');
  });

  it('is answered by any frame', () => {
    const bench = SessionBench.open();
    bench.session.probe();
    bench.session.receive('["pong",0,0]');
    expect(passes(bench, 8000)).toBe('alive');
  });
});

describe('a ping', () => {
  it('is answered in the same turn, by no timer and no flush', () => {
    const bench = SessionBench.open();
    bench.session.receive('["ping",0,0]');
    expect(bench.socket.frames).toEqual([['pong', 0, 0]]);
    expect(bench.clock.armed).toBe(0);
    expect(bench.turn.pending).toBe(0);
  });
});
