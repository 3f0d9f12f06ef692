import { expect, test } from 'vitest';
import type { ServerSession } from '../../src/rpc/host.ts';
import { collect } from '../harness/collected-heap.ts';
import { ServerBench } from '../harness/server-bench.ts';

/** A client comes and goes; answers its socket. */
async function visitor(bench: ServerBench): Promise<WeakRef<object>> {
  const socket = await bench.enter('a', [[2, 1, 'greet']]);
  await bench.says(socket, ['bye', 'closed']);
  bench.sockets.length = 0;
  return new WeakRef(socket);
}

test('whoever keeps a session that has ended keeps no socket with it', async () => {
  const kept: ServerSession[] = [];
  const bench = new ServerBench({
    limits: { window: 60_000 },
    handlers: { greet: () => 'hi' },
    createContext: (_, __, session) => void kept.push(session),
  });
  const socket = await visitor(bench);
  // What a `WeakRef` was just made for stays until the turn is over.
  await new Promise<void>((resolve) => setImmediate(resolve));
  collect();
  expect(kept.map(({ signal }) => signal.aborted)).toEqual([true]);
  expect(socket.deref()).toBeUndefined();
  await bench.finish();
});
