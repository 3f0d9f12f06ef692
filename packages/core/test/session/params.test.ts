import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/wire/control.ts';
import { withClient } from '../harness/client-bench.ts';
import { Gate } from '../harness/gate.ts';

describe('params', () => {
  it('are asked for anew for each dial', () => {
    let asked = 0;
    return withClient({ params: () => ({ asked: ++asked }) }, async (bench) => {
      await bench.opens();
      await bench.dropsAndRedials();
      await bench.opens();
      expect(bench.hellos()[0]).toMatchObject({ params: { asked: 2 } });
    })();
  });

  it('that reject are told, and tried again with backoff, without a socket', () => {
    const errors = [new Error('one'), new Error('two')];
    const params = (): Promise<JsonObject> => {
      const error = errors.shift();
      return error ? Promise.reject(error) : Promise.resolve({});
    };
    return withClient({ params }, async (bench) => {
      expect(bench.connection.status).toMatchObject({ state: 'waiting', reason: 'params' });
      await bench.untilNextDial();
      expect(bench.states).toEqual(['connecting', 'waiting', 'connecting', 'waiting', 'connecting']);
      expect(bench.errors.map(String)).toEqual(['Error: one', 'Error: two']);
    })();
  });

  it(
    'that throw are like those that reject',
    withClient(
      {
        params: () => {
          throw new Error('thrown');
        },
      },
      (bench) => {
        expect(bench.connection.status).toMatchObject({ state: 'waiting', reason: 'params' });
        expect(bench.connection.status.retryAt).toBeDefined();
      },
    ),
  );

  it('that cannot be serialised are like those that reject', () => {
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    return withClient({ params: () => circular }, (bench) => {
      expect(bench.connection.status).toMatchObject({ state: 'waiting', reason: 'params' });
    })();
  });

  it('that no hello can hold are like those that reject', () =>
    withClient({ params: () => ({ token: '…'.repeat(30_000) }) }, (bench) => {
      expect(bench.connection.status).toMatchObject({ state: 'waiting', reason: 'params' });
      expect(bench.errors).toHaveLength(1);
      expect(bench.sockets).toHaveLength(0);
    })());

  it('are those of the moment they were given: later changes to the object are not sent', () => {
    const params: Record<string, unknown> = { token: 'given' };
    return withClient({ params: () => params as JsonObject }, async (bench) => {
      params['token'] = 'changed';
      params['self'] = params;
      await bench.opens();
      expect(bench.hellos()[0]).toMatchObject({ params: { token: 'given' } });
    })();
  });

  for (const params of [undefined, null, 'token', 5, ['token']]) {
    it(
      `that are no object, such as ${JSON.stringify(params)}, are like those that reject`,
      withClient({ params: () => params as never }, (bench) => {
        expect(bench.connection.status).toMatchObject({ state: 'waiting', reason: 'params' });
        expect(bench.errors).toHaveLength(1);
        expect(bench.sockets).toHaveLength(0);
      }),
    );
  }

  it(
    'that never come are given up after the handshake, and tried again',
    withClient({ params: () => new Promise(() => {}) }, async (bench) => {
      await bench.advance(9999);
      expect(bench.connection.state).toBe('connecting');
      await bench.advance(1);
      expect(bench.connection.status).toMatchObject({ state: 'waiting', reason: 'no-answer' });
      await bench.advance(500);
      expect(bench.connection.state).toBe('connecting');
      expect(bench.sockets).toHaveLength(0);
    }),
  );

  it('that come after the connection was closed dial nothing', () => {
    const gate = new Gate<JsonObject>();
    return withClient({ params: () => gate.promise }, async (bench) => {
      await bench.connection.close();
      gate.open({});
      await bench.settle();
      expect(bench.sockets).toHaveLength(0);
    })();
  });

  it('that come after their deadline do not dial beside the next attempt', () => {
    const gates = [new Gate<JsonObject>(), new Gate<JsonObject>()];
    let asked = 0;
    return withClient({ params: () => gates[asked++]?.promise ?? {} }, async (bench) => {
      await bench.advance(10_500);
      expect(asked).toBe(2);
      gates[0]?.open({});
      await bench.settle();
      expect(bench.sockets).toHaveLength(0);
      gates[1]?.open({ second: true });
      await bench.settle();
      await bench.opens();
      expect(bench.sockets).toHaveLength(1);
      expect(bench.hellos()[0]).toMatchObject({ params: { second: true } });
    })();
  });
});
