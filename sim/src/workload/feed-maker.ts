import type { ChannelsPlan } from '../channels-plan.ts';
import type { SeededRandom } from '../loop/seeded-random.ts';
import type { Asking } from '../model/asked-call.ts';
import type { FeedRecord } from '../model/feed-record.ts';
import type { FeedTask, Member } from './feed-task.ts';

/** Thinks of channels to follow, for one client. */
export class FeedMaker {
  readonly #plan: ChannelsPlan;
  readonly #random: SeededRandom;
  readonly #client: number;
  readonly #cancels: boolean;

  constructor(
    plan: ChannelsPlan,
    random: SeededRandom,
    client: { readonly number: number; cancels: boolean },
  ) {
    this.#plan = plan;
    this.#random = random;
    this.#client = client.number;
    this.#cancels = client.cancels;
  }

  /** `followed` is what its client has followed before. */
  feed(n: number, followed: readonly FeedRecord[]): { readonly asking: Asking; readonly feed: FeedTask } {
    const random = this.#random;
    const feed = random.chance(0.3) ? this.#presence() : this.#events(followed);
    const fails = feed.snapshot !== 'none' && feed.of === 'events' && random.chance(0.1);
    const task = {
      n,
      ms: random.pick([0, 0, 0, random.between(0, 50), random.between(0, 2000)]),
      ends: fails ? ('fails' as const) : ('answers' as const),
      heeds: false,
      size: 0,
      pad: '',
      feed,
    };
    const timeoutMs = this.#cancels && random.chance(0.05) ? random.between(100, 10_000) : undefined;
    const survivesGaps = random.chance(0.7);
    return { asking: { type: 'subscription', task, idempotent: false, timeoutMs, survivesGaps }, feed };
  }

  #events(followed: readonly FeedRecord[]): FeedTask {
    const random = this.#random;
    const room = this.#room();
    const known = followed.filter(({ task }) => task.room === room && task.of === 'events');
    const cursors = known.map(({ cursor }) => cursor).filter((cursor) => cursor !== undefined);
    return {
      room,
      of: 'events',
      ...this.#from(cursors),
      replay: random.pick([0, 0, 2, 5, Number.POSITIVE_INFINITY]),
      snapshot: random.pick(['none', 'none', 'none', 'at-once', 'slow']),
      overflow: random.pick(['drop-oldest', 'drop-oldest', 'latest', 'latest', 'error']),
      member: random.chance(0.5) ? this.#member() : undefined,
    };
  }

  #from(cursors: readonly string[]): Pick<FeedTask, 'after' | 'since'> {
    const draw = (probability: number): string | undefined =>
      this.#random.chance(probability) ? this.#random.any(cursors) : undefined;
    return { after: draw(0.4), since: draw(0.3) };
  }

  #presence(): FeedTask {
    const room = this.#room();
    const rest = {
      after: undefined,
      since: undefined,
      replay: 0,
      snapshot: 'at-once',
      overflow: 'drop-oldest',
    } as const;
    return { room, of: 'presence', ...rest, member: undefined };
  }

  #room(): number {
    return this.#random.below(this.#plan.rooms.length);
  }

  /** Some are there more than once, and some are more than one client. */
  #member(): Member {
    const id = this.#random.chance(0.3) ? 'everybody' : `client ${this.#client}`;
    return { id, meta: { mood: this.#random.whole(1, 2) } };
  }
}
