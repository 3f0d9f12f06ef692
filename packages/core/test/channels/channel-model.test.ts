import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Channel } from '../../src/channels/channel.ts';
import { channel, MemoryLog } from '../../src/channels/index.ts';
import { microtasks } from '../harness/settling.ts';
import { Taking } from './taking.ts';

type Step =
  | { readonly do: 'publish' | 'take' | 'trim'; readonly many: number }
  | { readonly do: 'resubscribe' | 'restart' | 'forget' };

const many = fc.integer({ min: 1, max: 6 });
const counted = (name: 'publish' | 'take' | 'trim') => fc.record({ do: fc.constant(name), many });
const bare = (name: 'resubscribe' | 'restart' | 'forget') => fc.record({ do: fc.constant(name) });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: counted('publish') },
  { weight: 6, arbitrary: counted('take') },
  { weight: 2, arbitrary: counted('trim') },
  { weight: 3, arbitrary: bare('resubscribe') },
  { weight: 1, arbitrary: bare('restart') },
  { weight: 1, arbitrary: bare('forget') },
);
const steps = fc.array(step, { minLength: 5, maxLength: 60, size: 'max' });
const kept = fc.integer({ min: 1, max: 8 });
const replay = fc.nat(10);

/** What a subscriber is to be told, by a list of numbers: the simplest thing that a channel might be. */
class Model {
  readonly #events: number;
  readonly #replay: number;
  #first = 1;
  #last = 0;
  #next: number | undefined;
  #cursor: number | undefined;
  #lost = false;
  #due: string[] = [];

  constructor(events: number, replay: number) {
    this.#events = events;
    this.#replay = replay;
  }

  publish(): number {
    this.#last++;
    this.#first = Math.max(this.#first, this.#last - this.#events + 1);
    return this.#last;
  }

  trim(first: number): void {
    this.#first = Math.max(this.#first, Math.min(first, this.#last + 1));
  }

  resubscribe(): void {
    this.#next = undefined;
    this.#due = [];
  }

  forget(): void {
    this.resubscribe();
    this.#cursor = undefined;
    this.#lost = false;
  }

  restart(): void {
    this.resubscribe();
    this.#first = 1;
    this.#last = 0;
    this.#lost = this.#cursor !== undefined || this.#lost;
  }

  take(): string | undefined {
    if (this.#next === undefined) this.#start();
    const due = this.#due.shift();
    if (due !== undefined) return this.#tell(due);
    const next = this.#next as number;
    if (next > this.#last) return undefined;
    if (next < this.#first) {
      this.#miss(`gap dropped ${this.#first - next}`);
      return this.take();
    }
    this.#next = next + 1;
    return this.#tell(`${next}@${next}`);
  }

  #start(): void {
    if (this.#lost) this.#miss('gap restarted');
    else if (this.#cursor === undefined) {
      this.#next = Math.max(this.#first, this.#last + 1 - this.#replay);
      this.#due.push(`at ${this.#next - 1}`);
    } else if (this.#cursor < this.#first - 1) {
      this.#miss(`gap expired ${this.#first - 1 - this.#cursor}`);
    } else this.#next = this.#cursor + 1;
  }

  #miss(gap: string): void {
    this.#next = this.#first;
    this.#due.push(gap, `at ${this.#first - 1}`);
  }

  /** A cursor moves with an event or a place, not with a gap. */
  #tell(word: string): string {
    const number = /\d+$/.exec(word.startsWith('gap') ? '' : word)?.[0];
    if (number !== undefined) {
      this.#cursor = Number(number);
      this.#lost = false;
    }
    return word;
  }
}

describe('a subscriber of a channel', () => {
  it('gets everything that is kept, once and in order, and is told what is not', async () => {
    await fc.assert(
      fc.asyncProperty(kept, replay, steps, async (events, replay, steps) => {
        const model = new Model(events, replay);
        let epochs = 0;
        const open = () => {
          const log = new MemoryLog(`epoch${epochs++}`, { events, bytes: 1_000_000 });
          return { log, channel: channel({ event: z.number(), log }) };
        };
        let live = open();
        let taking = new Taking(live.channel.subscribe({ replay }));
        const resubscribe = (after: string | undefined): void => {
          taking.stop();
          taking = new Taking(live.channel.subscribe({ replay }), { after });
        };
        const take = (most: number): boolean => {
          for (let i = 0; i < most; i++) {
            const [word] = taking.take(1);
            expect(word).toBe(model.take());
            if (word === undefined) return false;
          }
          return true;
        };
        for (const step of steps) {
          switch (step.do) {
            case 'publish':
              for (let i = 0; i < step.many; i++) await live.channel.publish(model.publish());
              break;
            case 'take':
              take(step.many);
              break;
            case 'trim':
              live.log.trim(live.log.first + step.many);
              model.trim(live.log.first);
              break;
            case 'resubscribe':
              resubscribe(taking.cursor);
              model.resubscribe();
              break;
            case 'forget':
              resubscribe(undefined);
              model.forget();
              break;
            case 'restart': {
              const { cursor } = taking;
              live.channel.close();
              live = open();
              resubscribe(cursor);
              model.restart();
              break;
            }
            default:
              step satisfies never;
          }
        }
        while (take(1));
        const before = taking.wakes;
        await live.channel.publish(model.publish());
        expect(taking.wakes).toBe(before + 1);
        take(1);
        taking.stop();
        expect(live.channel.subscribers).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  it('that applies events to snapshots has the state, however it lags, comes back and starts anew', async () => {
    await fc.assert(
      fc.asyncProperty(kept, steps, fc.boolean(), async (events, steps, later) => {
        let state = 0;
        const snapshot = (): string | Promise<string> => {
          const value = `=${state}`;
          return later ? microtasks().then(() => value) : value;
        };
        const open = (): Channel<z.ZodString> => channel({ event: z.string(), keep: { events } });
        let live = open();
        let taking = new Taking(live.subscribe({ snapshot }));
        let seen: number | undefined;
        let heard = 0;
        const hear = (): void => {
          for (const { tail } of taking.items.slice(heard)) {
            const [word] = JSON.parse(`[${tail}`) as [string];
            seen = word.startsWith('=') ? Number(word.slice(1)) : (seen ?? Number.NaN) + Number(word);
          }
          heard = taking.items.length;
        };
        const resubscribe = (after: string | undefined): void => {
          hear();
          taking.stop();
          expect(taking.story.filter((word) => word.startsWith('gap'))).toEqual([]);
          taking = new Taking(live.subscribe({ snapshot }), { after });
          heard = 0;
        };
        for (const step of steps) {
          if (step.do === 'publish') {
            for (let i = 0; i < step.many; i++) {
              const published = live.publish(`${step.many + i}`);
              state += step.many + i;
              await published;
            }
          } else if (step.do === 'take') {
            taking.take(step.many);
            await microtasks();
          } else if (step.do === 'restart') {
            live = open();
            resubscribe(taking.cursor);
          } else if (step.do !== 'trim') resubscribe(step.do === 'forget' ? undefined : taking.cursor);
        }
        taking.take();
        // Two rounds: while a snapshot is made that was asked for late, nothing more is published.
        await microtasks();
        await taking.settle();
        hear();
        taking.stop();
        expect(seen).toBe(state);
      }),
      { numRuns: 200 },
    );
  });
});
