import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConnectionStatus } from '../../src/session/connection-status.ts';
import { connectionTransitions, mayFollow } from '../../src/session/connection-status.ts';
import type { DialEvents } from '../../src/session/ports.ts';
import { closeCodes } from '../../src/wire/close-codes.ts';
import { ClientBench } from '../harness/client-bench.ts';
import { welcomeFrame } from '../harness/frames.ts';
import type { ScriptedSocket } from '../harness/scripted-socket.ts';

/** One thing that happens to a connection. */
type Event =
  | { readonly kind: 'opens' | 'retry' | 'wake' | 'call' | 'params' | 'settle' }
  | { readonly kind: 'says'; readonly data: string }
  | { readonly kind: 'drops'; readonly code: number }
  | { readonly kind: 'passes' | 'sleeps'; readonly ms: number };

const codes = [...Object.values(closeCodes).map((row) => row.code), 1005, 1006, 1008, 1009, 1011, 4999];
const answers = [
  ...[welcomeFrame(), welcomeFrame({ received: 9 }), ['gone', 'off'], ['gone', 'restarted']],
  ...Object.keys(closeCodes).map((name) => ['bye', name, { message: name }]),
  ...[['ping', 0, 0], ['pong', 9, 9], ['hola'], [[4, 1, 'x']], [[5, 1, {}]], [[99, 1]], []],
].map((frame) => JSON.stringify(frame));

const simple = fc
  .constantFrom('opens', 'retry', 'wake', 'call', 'params', 'settle')
  .map((kind) => ({ kind }) as Event);
const event: fc.Arbitrary<Event> = fc.oneof(
  { arbitrary: simple, weight: 4 },
  {
    arbitrary: fc.constantFrom(...answers, 'text', '[').map((data): Event => ({ kind: 'says', data })),
    weight: 3,
  },
  { arbitrary: fc.constant<Event>({ kind: 'says', data: answers[0] ?? '' }), weight: 3 },
  { arbitrary: fc.constantFrom(...codes).map((code): Event => ({ kind: 'drops', code })), weight: 2 },
  { arbitrary: fc.nat({ max: 40_000 }).map((ms): Event => ({ kind: 'passes', ms })), weight: 2 },
  { arbitrary: fc.nat({ max: 40_000 }).map((ms): Event => ({ kind: 'sleeps', ms })), weight: 1 },
);

/** A connection to which anything happens that its ports allow. */
class Story {
  readonly bench: ClientBench;
  /** Params that were asked for and did not come yet. */
  #params: (() => void)[] = [];

  constructor(options: { readonly lazy: boolean; readonly params: boolean; readonly atOnce: boolean }) {
    const params = (): Promise<object> =>
      new Promise((resolve, reject) => {
        this.#params.push(() => (this.#params.length % 3 === 0 ? reject(new Error('params')) : resolve({})));
      });
    this.bench = new ClientBench({
      lazy: options.lazy,
      ...(options.params ? { params: params as never } : {}),
    });
    this.bench.tellsAtOnce = options.atOnce;
  }

  async happens(event: Event): Promise<void> {
    const { bench } = this;
    const socket = bench.sockets.at(-1);
    switch (event.kind) {
      case 'opens':
        return this.#opens(socket);
      case 'says':
        return void (socket && this.#opened.has(socket) && socket.live && socket.saysRaw(event.data));
      case 'drops':
        return void (socket && !this.#gone.has(socket) && this.#drops(socket, event.code));
      case 'retry':
        return bench.connection.retry();
      case 'wake':
        return bench.connection.wake();
      case 'call':
        return void bench.query('a');
      case 'params':
        return this.#params.pop()?.();
      case 'settle':
        return bench.settle();
      case 'passes':
        return bench.advance(event.ms);
      case 'sleeps':
        return bench.clock.sleep(event.ms);
      default:
        return event satisfies never;
    }
  }

  readonly #opened = new Set<ScriptedSocket>();
  readonly #gone = new Set<ScriptedSocket>();

  #opens(socket: ScriptedSocket | undefined): void {
    if (!socket?.live || this.#opened.has(socket)) return;
    this.#opened.add(socket);
    (socket.events as DialEvents).opened();
  }

  #drops(socket: ScriptedSocket, code: number): void {
    this.#gone.add(socket);
    socket.drops(code);
  }
}

/** What must hold of every status, whatever has happened. */
function expectSane(statuses: readonly ConnectionStatus[]): void {
  statuses.forEach((status, i) => {
    const before = statuses[i - 1];
    if (before) expect(mayFollow(before.state, status.state), `${before.state} → ${status.state}`).toBe(true);
    if (status.retryAt !== undefined) expect(status.state).toBe('waiting');
    if (status.state === 'open') expect(status.reason).toBeUndefined();
    if (status.state === 'waiting') expect(status.reason).toBeDefined();
    expect(status.attempt).toBeGreaterThanOrEqual(0);
  });
}

const options = fc.record({ lazy: fc.boolean(), params: fc.boolean(), atOnce: fc.boolean() });

describe('a connection to which anything happens', () => {
  it('goes only where the table of connectionTransitions leads, and leaves nothing open when it is closed', async () => {
    await fc.assert(
      fc.asyncProperty(options, fc.array(event, { maxLength: 25 }), async (how, events) => {
        const story = new Story(how);
        for (const it of events) await story.happens(it);
        await story.bench.finish();
        expectSane(story.bench.statuses);
        expect(story.bench.connection.state).toBe('closed');
        expect(story.bench.errors.every((it) => it instanceof Error && it.message === 'params')).toBe(true);
      }),
      { numRuns: 400 },
    );
  }, 60_000);

  it('never holds two sockets at a time', async () => {
    await fc.assert(
      fc.asyncProperty(options, fc.array(event, { maxLength: 25 }), async (how, events) => {
        const story = new Story(how);
        for (const it of events) {
          await story.happens(it);
          expect(story.bench.sockets.filter((socket) => socket.live).length).toBeLessThanOrEqual(1);
        }
        await story.bench.finish();
      }),
      { numRuns: 200 },
    );
  }, 60_000);

  it('stays closed, whatever happens after that', async () => {
    const both = fc.tuple(fc.array(event, { maxLength: 12 }), fc.array(event, { maxLength: 12 }));
    await fc.assert(
      fc.asyncProperty(options, both, async (how, [before, after]) => {
        const story = new Story(how);
        for (const it of before) await story.happens(it);
        await story.bench.connection.close();
        const { length } = story.bench.sockets;
        const told = story.bench.statuses.length;
        for (const it of after) await story.happens(it);
        await story.bench.settle();
        expect(story.bench.sockets).toHaveLength(length);
        expect(story.bench.statuses).toHaveLength(told);
        expect(story.bench.connection.state).toBe('closed');
        await story.bench.finish();
      }),
      { numRuns: 200 },
    );
  }, 60_000);
});

describe('the table of connectionTransitions', () => {
  it('leads only to states that it has, and out of closed nowhere', () => {
    for (const next of Object.values(connectionTransitions)) {
      for (const state of next) expect(Object.keys(connectionTransitions)).toContain(state);
    }
    expect(connectionTransitions.closed).toEqual([]);
  });

  it('lets every state be closed', () => {
    for (const [state, next] of Object.entries(connectionTransitions)) {
      if (state !== 'closed') expect(next).toContain('closed');
    }
  });
});
