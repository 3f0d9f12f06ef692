import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { IncomingCall } from '../../src/rpc/dispatch.ts';
import { Gate } from '../harness/gate.ts';
import type { RecordedCall } from '../harness/recorded-call.ts';
import type { RecordedSubscription } from '../harness/recorded-subscription.ts';
import { World } from '../harness/world.ts';

const items = 25;

type Event =
  | { readonly kind: 'query' | 'mutation' | 'deadline'; readonly slow: boolean }
  | { readonly kind: 'subscribe' | 'tick' | 'cut' | 'half-open' | 'restart' | 'refuse' | 'hold' | 'release' }
  | { readonly kind: 'down' | 'up' | 'breathe' | 'settle' | 'wake' | 'answer' }
  | { readonly kind: 'abort' | 'deliver' | 'pass' | 'sleep'; readonly n: number };

const plain = fc
  .constantFrom(
    ...(['subscribe', 'tick', 'cut', 'half-open', 'restart', 'refuse', 'hold', 'release'] as const),
    ...(['down', 'up', 'breathe', 'settle', 'wake', 'answer'] as const),
  )
  .map((kind): Event => ({ kind }));
const call = fc
  .record({
    kind: fc.constantFrom('query' as const, 'mutation' as const, 'deadline' as const),
    slow: fc.boolean(),
  })
  .map((it): Event => it);
const numbered = fc
  .record({
    kind: fc.constantFrom('abort' as const, 'deliver' as const, 'pass' as const, 'sleep' as const),
    n: fc.nat({ max: 30 }),
  })
  .map((it): Event => it);
const event = fc.oneof(
  { arbitrary: plain, weight: 4 },
  { arbitrary: call, weight: 3 },
  { arbitrary: numbered, weight: 3 },
);

/** A client and a server to which anything happens, and what must hold whatever did. */
class Drama {
  readonly #ran = new Map<number, number>();
  readonly #gates: Gate[] = [];
  readonly #calls: { readonly n: number; readonly call: RecordedCall; readonly abort: AbortController }[] =
    [];
  readonly #subscriptions: RecordedSubscription[] = [];
  #ticks = 0;
  #ticking = new Gate();
  #refusals = 0;
  readonly world = new World({
    handlers: {
      run: (it) => this.#run(it),
      ticks: (it) => this.#stream(it),
    },
    createContext: () => {
      if (this.#refusals-- > 0) throw new Error('not now');
      this.#refusals = 0;
    },
  });

  async happens(event: Event): Promise<void> {
    const { world } = this;
    const { network } = world;
    switch (event.kind) {
      case 'query':
      case 'mutation':
      case 'deadline':
        return this.#call(event.kind, event.slow);
      case 'subscribe':
        return void this.#subscriptions.push(world.subscribe('ticks'));
      case 'tick':
        return this.#tick(1);
      case 'cut':
        return network.wires.at(-1)?.cut();
      case 'half-open':
        return this.#halfOpen();
      case 'restart':
        return world.restart();
      case 'refuse':
        this.#refusals = 2;
        return;
      case 'hold':
      case 'release':
        network.held = event.kind === 'hold';
        return;
      case 'down':
      case 'up':
        network.down = event.kind === 'down';
        return;
      case 'breathe':
        return world.breathe();
      case 'settle':
        return world.settle();
      case 'wake':
        return world.connection.wake();
      case 'answer':
        return this.#gates.shift()?.open();
      default:
        return this.#numbered(event.kind, event.n);
    }
  }

  /** Everything is well again: all must come to its end in bounded time. */
  async end(): Promise<void> {
    const { world } = this;
    world.network.down = false;
    world.network.held = false;
    this.#refusals = 0;
    for (const wire of world.network.wires) if (wire.halfOpen) wire.cut();
    this.#tick(items);
    for (let i = 0; i < 8; i++) {
      for (const gate of this.#gates.splice(0)) gate.open();
      await world.advance(20_000);
    }
    this.#check();
    await world.finish();
  }

  #check(): void {
    for (const { n, call } of this.#calls) {
      expect(call.told, `call ${n}`).toHaveLength(1);
      const [kind, , outcome] = call.told[0] ?? [];
      const ran = this.#ran.get(n) ?? 0;
      if (call.call.request.type === 'mutation') expect(ran, `mutation ${n}`).toBeLessThanOrEqual(1);
      if (kind === 'result') expect(call.told).toEqual([['result', n]]);
      if (kind === 'result') expect(ran).toBeGreaterThanOrEqual(1);
      if (kind === 'fault' && outcome === 'not-run') expect(ran, `call ${n}`).toBe(0);
    }
    for (const subscription of this.#subscriptions) {
      // Started and without a place yet: what it missed nobody knows.
      const lost = subscription.story.at(-1) === 'fault gap unknown';
      expect(subscription.items).toEqual(lost ? [] : Array.from({ length: items }, (_, n) => n));
      if (!lost) expect(subscription.story.at(-1)).toBe('ended');
    }
  }

  #call(kind: 'query' | 'mutation' | 'deadline', slow: boolean): void {
    const n = this.#calls.length;
    const abort = new AbortController();
    const { signal } = abort;
    const input = { n, slow };
    const { world } = this;
    if (kind === 'query') this.#calls.push({ n, abort, call: world.query('run', input, { signal }) });
    else {
      const options = kind === 'deadline' ? { signal, timeoutMs: 3000 } : { signal };
      this.#calls.push({ n, abort, call: world.mutation('run', input, options) });
    }
  }

  #numbered(kind: 'abort' | 'deliver' | 'pass' | 'sleep', n: number): Promise<void> | void {
    if (kind === 'abort') return this.#calls[n]?.abort.abort();
    if (kind === 'pass') return this.world.advance(n * 200);
    if (kind === 'sleep') return this.world.clock.sleep(n * 1000);
    for (let i = 0; i < n % 5; i++) this.world.network.step();
  }

  #halfOpen(): void {
    const wire = this.world.network.wires.at(-1);
    if (wire) wire.halfOpen = true;
  }

  async #run({ input }: IncomingCall): Promise<number> {
    const { n, slow } = input as { readonly n: number; readonly slow: boolean };
    this.#ran.set(n, (this.#ran.get(n) ?? 0) + 1);
    if (slow) {
      const gate = new Gate();
      this.#gates.push(gate);
      await gate.promise;
    }
    return n;
  }

  async *#stream({ after, signal }: IncomingCall): AsyncGenerator<unknown> {
    const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    for (let n = after === undefined ? 0 : Number(after) + 1; n < items; n++) {
      while (this.#ticks <= n && !signal.aborted) await Promise.race([this.#ticking.promise, aborted]);
      if (signal.aborted) return;
      yield { tracked: String(n), data: n };
    }
  }

  #tick(count: number): void {
    this.#ticks += count;
    this.#ticking.open();
    this.#ticking = new Gate();
  }
}

describe('whatever happens between a client and a server', () => {
  it('mutations run at most once, outcomes are true, streams neither skip nor repeat, and all ends', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 60 }), async (events) => {
        const drama = new Drama();
        for (const it of events) await drama.happens(it);
        await drama.end();
      }),
      { numRuns: 500 },
    );
  }, 120_000);
});
