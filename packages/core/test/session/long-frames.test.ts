import { expect, test } from 'vitest';
import { Outgoing } from '../../src/session/outgoing.ts';
import { defaultLimits } from '../../src/wire/limits.ts';
import type { Frame } from '../harness/frames.ts';
import { ServerBench } from '../harness/server-bench.ts';
import { SessionBench } from '../harness/session-bench.ts';

const results = (from: number, count: number): Frame =>
  Array.from({ length: count }, (_, i) => [4, from + i]);

/** A session in which each message takes 1 ms to carry out. */
function slowBench(): SessionBench {
  const bench = SessionBench.open();
  bench.messageMs = 1;
  return bench;
}

test('a frame that takes long gives the turn back, and a ping behind it is answered before the rest', () => {
  const bench = slowBench();
  bench.hears(results(1, 40));
  expect(bench.handed).toHaveLength(16);
  bench.hears(['ping', 1, 0]);
  expect(bench.socket.frames.at(-1)).toEqual(['pong', 0, 1]);
  bench.flush();
  expect(bench.handed).toEqual(results(1, 40));
});

test('frames are handed on in their order over a change of sockets, each in the context that it came in', () => {
  const bench = slowBench();
  const contexts: unknown[] = [];
  bench.onMessage = () => contexts.push(bench.session.arrived?.context);
  bench.context = 'first';
  bench.hears(results(1, 20));
  bench.session.detach();
  bench.session.attach(bench.socket, defaultLimits, { resumed: true, sent: 1, received: 0 });
  bench.context = 'second';
  bench.hears(results(21, 20));
  expect(bench.handed.length).toBeLessThan(40);
  bench.flush();
  expect(bench.handed).toEqual(results(1, 40));
  expect(contexts).toEqual([...Array(20).fill('first'), ...Array(20).fill('second')]);
});

test('the calls of a frame run in the context of the dial that it came in, also after another dial was accepted', async () => {
  let dials = 0;
  const bench = new ServerBench({
    limits: { window: 60_000 },
    createContext: () => `dial ${++dials}`,
    handlers: { slow: () => bench.clock.sleep(1) },
  });
  const first = await bench.enter('a');
  first.says(Array.from({ length: 40 }, (_, i) => [2, i + 1, 'slow']));
  first.drops();
  expect(bench.dispatch.ran).toHaveLength(16);
  const second = await bench.resume('a', { sent: 1 });
  await bench.says(second, [[2, 41, 'slow']]);
  expect(bench.dispatch.ran.map(({ context }) => context)).toEqual([...Array(40).fill('dial 1'), 'dial 2']);
  expect(bench.messages(second)).toHaveLength(41);
  await bench.finish();
});

test('what came before a bye is handed on before the session ends', () => {
  const bench = slowBench();
  bench.hears(results(1, 40));
  bench.hears(['bye', 'ended']);
  expect(bench.handed).toEqual(results(1, 40));
  expect(bench.ends).toEqual([{ name: 'ended', error: undefined }]);
});

test('what came before the line was lost is handed on before the session ends', () => {
  const bench = slowBench();
  bench.hears(results(1, 40));
  bench.session.end({ name: 'dropped' });
  expect(bench.handed).toEqual(results(1, 40));
  expect(bench.ends).toHaveLength(1);
});

test('nothing is handed on after this end closed the session', () => {
  const bench = slowBench();
  bench.hears(results(1, 40));
  bench.session.close('too-many');
  bench.flush();
  expect(bench.handed).toHaveLength(16);
});

test('a server that loses a session does not begin all its calls at once: nobody is told of them', () => {
  const bench = SessionBench.open({}, true);
  bench.messageMs = 1;
  bench.hears(results(1, 40));
  bench.hears(['bye', 'closed']);
  bench.flush();
  expect(bench.handed).toHaveLength(16);
});

/** Frames of answers of some length, to the messages of one frame. */
function answered(bench: SessionBench, length: number): readonly Frame[] {
  let id = 0;
  bench.onMessage = () => bench.session.send(JSON.stringify([4, ++id, 'x'.repeat(length)]), 'reply');
  bench.hears(results(1, 100));
  const frames = bench.flush().filter(([first]) => typeof first !== 'string');
  const answers = frames.flat().filter((it) => Array.isArray(it));
  expect(answers.map(([, answered]) => answered)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
  return frames;
}

test('answers to the messages of a frame leave when all are there, or when there are enough for a frame', () => {
  // Those that are there at once go first.
  expect(answered(SessionBench.open(), 10)).toHaveLength(2);
  expect(answered(SessionBench.open(), 200).length).toBeGreaterThan(2);
});

test('what cannot leave yet does not have answers leave one by one', () => {
  const bench = SessionBench.open({ window: 60_000 });
  bench.session.send(new Outgoing(JSON.stringify([4, 1000, 'x'.repeat(2_000_000)])), 'reply');
  bench.flush();
  expect(bench.session.leavingInParts('reply').text).toBeGreaterThan(1_000_000);
  expect(answered(bench, 10)).toHaveLength(2);
});
