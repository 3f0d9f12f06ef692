import { describe, expect, it } from 'vitest';
import { HawserError } from '../../src/rpc/hawser-error.ts';
import type { CallSink, Payload } from '../../src/rpc/outgoing-call.ts';
import type { ClientBench } from '../harness/client-bench.ts';
import { withClient } from '../harness/client-bench.ts';
import { dataOf, welcomeFrame } from '../harness/frames.ts';
import { Gate } from '../harness/gate.ts';

/** Tells what became of a call. */
class Sink implements CallSink {
  readonly told: string[] = [];
  result(): void {
    this.told.push('result');
  }
  error(): void {
    this.told.push('error');
  }
  fault({ code, outcome, reason }: HawserError): void {
    this.told.push([code, outcome, reason].filter(Boolean).join(' '));
  }
  end(): void {
    this.told.push('end');
  }
  restart(): 'stop' {
    return 'stop';
  }
  restarted(): void {}
  started(): void {}
  item(): void {}
  position(): void {}
  gap(): void {}
}

/** A mutation whose input is still being read. */
function preparing(bench: ClientBench) {
  const sink = new Sink();
  const read = new Gate<Payload | HawserError>();
  bench.connection.call(
    {
      type: 'mutation',
      path: 'pay',
      json: undefined,
      later: read.promise,
      signal: undefined,
      timeoutMs: undefined,
    },
    sink,
  );
  return { told: sink.told, read };
}

/** Time passes on a line that lives. */
async function wait(bench: ClientBench, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 1000) {
    await bench.advance(1000);
    await bench.says(['pong', 0, dataOf(bench.socket.frames).length]);
  }
}

describe('a call whose input is still being read', () => {
  it(
    'is made once it was, and its silence counts from then on',
    withClient({ timeoutMs: 5_000 }, async (bench) => {
      await bench.welcomes();
      const { told, read } = preparing(bench);
      await wait(bench, 4_000);
      read.open({ json: '1' });
      await bench.settle();
      expect(bench.messages()).toEqual([[2, 1, 'pay', 1]]);
      await wait(bench, 3_000);
      expect(told).toEqual([]);
      await wait(bench, 3_000);
      expect(told).toEqual(['timeout unknown']);
    }),
  );

  it(
    'times out as any other, and is never made then',
    withClient({ timeoutMs: 5_000 }, async (bench) => {
      await bench.welcomes();
      const { told, read } = preparing(bench);
      await wait(bench, 7_000);
      expect(told).toEqual(['timeout not-run']);
      read.open({ json: '1' });
      await bench.settle();
      expect(bench.messages()).toEqual([]);
    }),
  );

  it(
    'is not made in another name than that it was asked in',
    withClient({}, async (bench) => {
      await bench.welcomes({ limits: { window: 60_000 } });
      const { told, read } = preparing(bench);
      await bench.dropsAndRedials();
      await bench.opens();
      await bench.says(['gone', 'refused']);
      expect(told).toEqual(['session-lost not-run refused']);
      await bench.says(welcomeFrame());
      read.open({ json: '1' });
      await bench.settle();
      expect(bench.messages()).toEqual([]);
    }),
  );

  it(
    'is refused with those that wait',
    withClient({}, async (bench) => {
      const { told, read } = preparing(bench);
      await bench.opens();
      await bench.says(['bye', 'unauthorized', { message: 'no' }]);
      expect(told).toEqual(['refused not-run unauthorized']);
      read.open({ json: '1' });
      await bench.settle();
      expect(bench.connection.state).toBe('waiting');
    }),
  );

  it(
    'goes on to the next session when its own is lost otherwise',
    withClient({}, async (bench) => {
      await bench.welcomes({ limits: { window: 60_000 } });
      const { told, read } = preparing(bench);
      await bench.dropsAndRedials();
      await bench.opens();
      await bench.says(['gone', 'restarted']);
      await bench.says(welcomeFrame());
      read.open({ json: '1' });
      await bench.settle();
      expect([bench.messages(), told]).toEqual([[[2, 1, 'pay', 1]], []]);
    }),
  );

  it(
    'says why it cannot be read',
    withClient({}, async (bench) => {
      await bench.welcomes();
      const { told, read } = preparing(bench);
      read.open(new HawserError('unserialisable', 'not-run'));
      await bench.settle();
      expect(told).toEqual(['unserialisable not-run']);
    }),
  );
});
