import { expect, it } from 'vitest';
import { withClient } from '../harness/client-bench.ts';

it(
  'a round trip is measured from the first ping that has no pong, and anew on each socket',
  withClient({}, async (bench) => {
    const { connection, clock } = bench;
    connection.measure();
    await bench.welcomes({ limits: { window: 60_000 } });
    expect([connection.roundTripMs, bench.socket.frames.length]).toEqual([undefined, 1]);
    connection.measure();
    clock.sleep(30);
    connection.measure();
    clock.sleep(12);
    await bench.says(['pong', 0, 0]);
    expect(connection.roundTripMs).toBe(42);
    clock.sleep(5);
    await bench.says(['pong', 0, 0]);
    expect(connection.roundTripMs).toBe(42);
    connection.measure();
    await bench.dropsAndRedials();
    await bench.resumes();
    await bench.says(['pong', 0, 0]);
    expect(connection.roundTripMs).toBe(42);
    connection.measure();
    clock.sleep(7);
    await bench.says(['pong', 0, 0]);
    expect(connection.roundTripMs).toBe(7);
  }),
);
