import { describe, expect, it } from 'vitest';
import type { CloseName } from '../../src/wire/close-codes.ts';
import { closeCodes } from '../../src/wire/close-codes.ts';
import type { Json } from '../harness/frames.ts';
import { helloFrame, welcomeFrame } from '../harness/frames.ts';
import { SessionBench } from '../harness/session-bench.ts';

/** The session said `bye` and closed its socket, by the table, and told its handler, once. */
function expectViolation(bench: SessionBench, name: CloseName): void {
  expect(bench.socket.frames.at(-1)).toEqual(['bye', name]);
  expect(bench.socket.closed).toEqual({ code: closeCodes[name].code, reason: name });
  expect(bench.ends).toEqual([{ name }]);
  expect(bench.session.ended).toBe(true);
}

const right: Json = [4, 1, 'x'];

describe('a frame that has none of the shapes is a violation, and none of its messages is carried out', () => {
  const texts: Readonly<Record<string, string>> = {
    'no JSON': '[[4,1',
    'no array': '{"a":1}',
    'an empty array': '[]',
    'a data frame without a message': '[0]',
    'a message that is no array': JSON.stringify([right, 5]),
    'an unknown kind after a right message': JSON.stringify([right, [99, 1]]),
    'a kind of a feature that was not announced': JSON.stringify([right, [14, 1000]]),
    'a message that is too long': JSON.stringify([right, [6, 1, 1]]),
    'an unknown control frame': '["hola",{}]',
    'a control frame of every object': '["constructor",0,0]',
    'a ping without counts': '["ping"]',
    'a second acknowledgement': JSON.stringify([0, 0, right]),
  };
  for (const [what, text] of Object.entries(texts)) {
    it(what, () => {
      const bench = SessionBench.open();
      bench.session.receive(text);
      expectViolation(bench, 'malformed');
      expect(bench.handed).toEqual([]);
      expect(bench.session.counts.received).toBe(0);
    });
  }

  it('bytes that hold no frame', () => {
    const bench = SessionBench.open();
    bench.session.receive(new Uint8Array([1, 0, 0, 0, 2, 91, 93]));
    expectViolation(bench, 'malformed');
  });
});

describe('counts that disagree are a violation', () => {
  const sentTwo = (): SessionBench => {
    const bench = SessionBench.open();
    for (let id = 1; id <= 2; id++) {
      bench.session.send(`[4,${id}]`, 'reply');
      bench.flush();
    }
    bench.hears([right]);
    return bench;
  };

  for (const name of ['ping', 'pong', 'ack']) {
    it(`a ${name} that counts more frames than arrived`, () => {
      const bench = sentTwo();
      bench.hears([name, 2, 2]);
      expectViolation(bench, 'miscount');
    });

    it(`a ${name} that counts fewer frames than arrived`, () => {
      const bench = sentTwo();
      bench.hears([name, 0, 2]);
      expectViolation(bench, 'miscount');
    });

    it(`a ${name} that received more than was sent`, () => {
      const bench = sentTwo();
      bench.hears([name, 1, 3]);
      expectViolation(bench, 'miscount');
    });

    it(`a ${name} that has not received everything yet is none`, () => {
      const bench = sentTwo();
      bench.hears([name, 1, 0]);
      expect(bench.session.ended).toBe(false);
    });
  }

  it('a data frame that acknowledges more than was sent', () => {
    const bench = sentTwo();
    bench.hears([3, right]);
    expectViolation(bench, 'miscount');
    expect(bench.handed).toHaveLength(1);
  });

  it('a data frame that acknowledges what was sent, or less, is none', () => {
    const bench = sentTwo();
    bench.hears([2, right]);
    bench.hears([0, right]);
    expect(bench.session.ended).toBe(false);
    expect(bench.session.counts.received).toBe(3);
  });
});

describe('a frame that is right but not now is a violation', () => {
  for (const frame of [helloFrame(), welcomeFrame(), ['gone', 'off']]) {
    it(String(frame[0]), () => {
      const bench = SessionBench.open();
      bench.hears(frame);
      expectViolation(bench, 'unexpected');
    });
  }
});

describe('a frame over the limit is a violation', () => {
  it('and is not looked at', () => {
    const bench = SessionBench.open({ frameBytes: 100 });
    bench.hears([[4, 1, 'x'.repeat(100)]]);
    expectViolation(bench, 'too-large');
    expect(bench.handed).toEqual([]);
  });

  it('counts bytes, not characters', () => {
    const bench = SessionBench.open({ frameBytes: 100 });
    bench.hears([[4, 1, '…'.repeat(60)]]);
    expectViolation(bench, 'too-large');
  });

  it('at the limit it is none', () => {
    const bench = SessionBench.open({ frameBytes: 100 });
    bench.hears([[4, 1, 'x'.repeat(100 - '[[4,1,""]]'.length)]]);
    expect(bench.session.ended).toBe(false);
  });
});

describe('one message over the limit is a violation', () => {
  it('also in a frame that is none', () => {
    const bench = SessionBench.open({ messageBytes: 100, frameBytes: 1000 });
    bench.hears([right, [4, 2, 'x'.repeat(200)]]);
    expectViolation(bench, 'too-large');
    expect(bench.handed).toEqual([]);
  });

  it('also when it is nested deeper than anything can measure', () => {
    const bench = SessionBench.open({ messageBytes: 100, frameBytes: 1_000_000 });
    const depth = 20_000;
    bench.session.receive(`[[4,1,${'['.repeat(depth)}${']'.repeat(depth)}]]`);
    expectViolation(bench, 'too-large');
  });

  it('one that is within it is none, however deep it is nested, also where that cannot be measured', () => {
    const bench = SessionBench.open();
    // More than 128 Ki characters: what is shorter is not measured when it is handed on.
    const depth = 90_000;
    bench.session.receive(`[[4,1,${'['.repeat(depth)}${']'.repeat(depth)}],[4,2,"x"]]`);
    bench.hears([right]);
    expect(bench.handed.map(([, id]) => id)).toEqual([1, 2, 1]);
    expect(bench.session.ended).toBe(false);
  });

  it('many that are within it are none', () => {
    const bench = SessionBench.open({ messageBytes: 100, frameBytes: 1000 });
    bench.hears([right, [4, 2, 'x'.repeat(80)], [4, 3, 'x'.repeat(80)]]);
    expect(bench.session.ended).toBe(false);
  });
});

describe('after its end a session', () => {
  it('ignores whatever still arrives, and says nothing', () => {
    const bench = SessionBench.open();
    bench.session.close('miscount');
    bench.hears([right]);
    bench.hears(['ping', 0, 0]);
    bench.hears(['bye', 'closed']);
    expect(bench.handed).toEqual([]);
    expect(bench.socket.frames).toEqual([['bye', 'miscount']]);
    expect(bench.ends).toHaveLength(1);
  });

  it('carries out no further message of the frame in which it ended', () => {
    const bench = SessionBench.open();
    bench.message = (message) => {
      bench.handed.push(message);
      bench.session.close('bad-id');
    };
    bench.hears([right, right]);
    expect(bench.handed).toHaveLength(1);
  });
});

describe('bye', () => {
  it('ends the session with its reason and error, and is not answered but by a close', () => {
    const bench = SessionBench.open();
    bench.hears(['bye', 'ended', { message: 'm' }]);
    expect(bench.ends).toEqual([{ name: 'ended', error: { message: 'm' } }]);
    expect(bench.socket.frames).toEqual([]);
    expect(bench.socket.closed?.code).toBe(1000);
  });
});

describe('every data frame is counted, control frames are not', () => {
  it('in both directions, and pings and pongs carry the counts', () => {
    const bench = SessionBench.open();
    bench.session.send('[4,1]', 'reply');
    bench.flush();
    for (let i = 0; i < 3; i++) bench.hears([right, right]);
    bench.hears(['ping', 3, 1]);
    bench.session.probe();
    expect(bench.socket.frames.slice(1)).toEqual([
      ['pong', 1, 3],
      ['ping', 1, 3],
    ]);
  });

  it('a frame is counted before its messages are handed on, so that a pong in between agrees', () => {
    const bench = SessionBench.open();
    bench.message = () => bench.session.probe();
    bench.hears([right]);
    expect(bench.socket.frames).toEqual([['ping', 0, 1]]);
  });
});
