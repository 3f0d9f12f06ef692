import type { Member } from '../workload/feed-task.ts';
import type { FeedStory } from './feed-story.ts';

/** What those who watch a presence are told. */
export type PresenceNews =
  | { readonly type: 'here'; readonly members: readonly Member[] }
  | { readonly type: 'join' | 'update'; readonly id: string; readonly meta: Member['meta'] }
  | { readonly type: 'leave'; readonly id: string };

/** Who is there, by name. */
export type Attendance = Map<string, Member['meta']>;

/** Brings an attendance up to date. */
export function attend(attendance: Attendance, news: PresenceNews): void {
  if (news.type === 'here') {
    attendance.clear();
    for (const { id, meta } of news.members) attendance.set(id, meta);
  } else if (news.type === 'leave') attendance.delete(news.id);
  else attendance.set(news.id, news.meta);
}

/** For comparing. */
export function listed(attendance: Attendance): string {
  return [...attendance]
    .map(([id, { mood }]) => `${id}: ${mood}`)
    .sort()
    .join(', ');
}

/** Who came and went in one presence, by what subscriptions began and ended. */
export class PresenceStory implements FeedStory {
  readonly name: string;
  /** Told by the first snapshot. */
  epoch: string | undefined;
  readonly first = 1;
  /** Number of the last change when nobody was there to come back to: those up to it may have been let go. */
  forgotten = 0;
  readonly closed = false;
  readonly #changes: PresenceNews[] = [];
  readonly #times = new Map<string, number>();
  readonly members: Attendance = new Map();
  #watchers = 0;

  constructor(name: string) {
    this.name = name;
  }

  get last(): number {
    return this.#changes.length;
  }

  comes({ id, meta }: Member): void {
    const known = this.members.get(id);
    this.#times.set(id, (this.#times.get(id) ?? 0) + 1);
    if (known === undefined) this.#changed({ type: 'join', id, meta });
    else if (known.mood !== meta.mood) this.#changed({ type: 'update', id, meta });
  }

  goes({ id }: Member): void {
    const times = (this.#times.get(id) ?? 0) - 1;
    this.#times.set(id, times);
    if (times > 0) return;
    this.#changed({ type: 'leave', id });
    this.#forget();
  }

  /** Somebody watches it, or does not any more. */
  watched(by: 1 | -1): void {
    this.#watchers += by;
    if (by < 0) this.#forget();
  }

  isOld(): boolean {
    return false;
  }

  newestFrom(): undefined {
    return undefined;
  }

  tellsEvent(number: number, data: unknown): boolean {
    const change = this.#changes[number - 1];
    return change !== undefined && JSON.stringify(change) === JSON.stringify(data);
  }

  isState(data: unknown): boolean {
    return (data as PresenceNews).type === 'here';
  }

  tellsState(number: number, data: unknown): boolean {
    const then: Attendance = new Map();
    for (const change of this.#changes.slice(0, number)) attend(then, change);
    const told: Attendance = new Map();
    attend(told, data as PresenceNews);
    return number <= this.last && listed(told) === listed(then);
  }

  #forget(): void {
    if (this.members.size === 0 && this.#watchers === 0) this.forgotten = this.last;
  }

  #changed(change: PresenceNews): void {
    this.#changes.push(change);
    attend(this.members, change);
  }
}
