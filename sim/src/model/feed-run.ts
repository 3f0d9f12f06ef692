import type { Feed } from '../../../packages/core/src/rpc/dispatch.ts';
import type { FeedTask } from '../workload/feed-task.ts';
import type { FeedStory } from './feed-story.ts';
import { placeIn } from './feed-story.ts';
import type { Invariant } from './invariants.ts';
import type { PresenceStory } from './presence-story.ts';
import type { Verdicts } from './verdicts.ts';

type Step = ReturnType<Feed['take']>;

/** What is to be taken next, and which rule says so. */
export type Expected =
  | { readonly kind: 'nothing' | 'end' | 'failure'; readonly rule: Invariant }
  | { readonly kind: 'item' | 'position'; readonly number: number; readonly rule: Invariant }
  | { readonly kind: 'gap'; readonly reason: string; readonly count: number | undefined; rule: Invariant }
  /** A snapshot is being made: it may be there, or have failed. */
  | { readonly kind: 'state'; readonly number: number; readonly rule: Invariant };

/** A gap that was told. */
export interface ToldGap {
  readonly reason: string;
  readonly count: number | undefined;
}

export interface FeedRunParts {
  readonly name: string;
  readonly task: FeedTask;
  readonly story: FeedStory;
  /** Where its subscriber continues. */
  readonly after: string | undefined;
  /** Whether its snapshot fails. */
  readonly fails: boolean;
  /** Told when somebody is there by it. */
  readonly presence: PresenceStory;
  readonly verdicts: Verdicts;
}

/** One subscription of a channel at the server: what its log had for it whenever it was asked for more. */
export class FeedRun {
  readonly #parts: FeedRunParts;
  readonly #due: Expected[] = [];
  /** Number of the event that a snapshot is being made for. */
  #asking: number | undefined;
  /** What comes next is an event, or a snapshot in place of it and more. */
  #inDoubt = false;
  #next = 1;
  #state: 'unread' | 'read' | 'ended' | 'failed' | 'stopped' = 'unread';
  #here = false;
  /** What it began with were the newest events of keys; the log held those from this one on. */
  #kept = 0;
  /** Numbers of what was taken, snapshots included, and of those alone. */
  readonly numbers: number[] = [];
  readonly states = new Set<number>();
  readonly gaps: ToldGap[] = [];
  /** Number of the event that came first when it began. */
  origin = 1;
  /** It could not begin where its cursor is. */
  missed = false;

  constructor(parts: FeedRunParts) {
    this.#parts = parts;
  }

  get story(): FeedStory {
    return this.#parts.story;
  }

  get state(): 'unread' | 'read' | 'ended' | 'failed' | 'stopped' {
    return this.#state;
  }

  /** It has given all that there is. */
  get exhausted(): boolean {
    const given = this.#due.length === 0 && this.#asking === undefined;
    return this.#state !== 'unread' && given && this.#next > this.story.last;
  }

  /** It is about to be asked for more: what must it give? */
  asked(): Expected {
    if (this.#state === 'unread') this.#begin();
    this.#check(this.#state === 'read', 'source-is-returned', 'is asked for more, and is over');
    const due = this.#due.shift();
    if (due) return due;
    if (this.#asking !== undefined) return this.#take('state', this.#asking, 'channel-snapshot');
    return this.#read();
  }

  /** What it gave. */
  gave(expected: Expected, step: Step): void {
    if (step === undefined && this.#inDoubt) this.#ask();
    const perhaps = step === undefined && (expected.kind === 'state' || this.#inDoubt);
    this.#inDoubt = false;
    const given = describe(step);
    const wanted = this.#wanted(expected);
    this.#check(perhaps || given === wanted, expected.rule, `gives ${given}, and has ${wanted}`);
    if (step === undefined || typeof step === 'string') {
      if (step === 'end') this.#over('ended');
      return;
    }
    if ('gap' in step) this.gaps.push({ reason: step.gap, count: step.count });
    if ('tail' in step) this.#gaveItem(expected, step.tail);
  }

  /** What it threw. */
  threw(expected: Expected, failure: unknown): void {
    const perhaps = expected.kind === 'state' && this.#parts.fails;
    const text = failure instanceof Error ? failure.message : String(failure);
    const { rule } = expected;
    this.#check(
      perhaps || expected.kind === 'failure',
      rule,
      `throws ${text}, and has ${this.#wanted(expected)}`,
    );
    this.#over('failed');
  }

  /** Its call was cancelled, or is over: whoever was there by it is not any more. */
  stops(): void {
    if (this.#state === 'unread' || this.#state === 'read') this.#over('stopped');
  }

  /** Whether that event came right after the other. */
  follows(before: number, number: number): boolean {
    const at = this.numbers.indexOf(number);
    return at > 0 && this.numbers[at - 1] === before;
  }

  /** How many are missing between the two: not those that were left out of a replay, or that are not for it. */
  missing(before: number, number: number): number {
    return number - Math.max(before + 1, Math.min(Math.max(this.#kept, this.#floor), number));
  }

  #begin(): void {
    const { task, story, after, presence } = this.#parts;
    this.#state = 'read';
    if (story.closed) this.#due.push({ kind: 'failure', rule: 'channel-start' });
    if (story.closed) return;
    if (task.member) presence.comes(task.member);
    if (story === presence) presence.watched(1);
    this.#here = true;
    if (after === undefined) this.#beginAnew();
    else this.#continue(after);
    const first = this.#due.find((due) => due.kind === 'item');
    this.origin = first?.kind === 'item' ? first.number : this.#next;
  }

  #beginAnew(): void {
    const { task, story } = this.#parts;
    if (task.snapshot !== 'none') return this.#ask();
    // All that is kept is more than the log where the newest of each key is wanted.
    const older =
      task.replay === Number.POSITIVE_INFINITY ? this.#newestFrom(Math.max(1, this.#floor)) : undefined;
    this.#next = older?.[0] ?? Math.max(story.first, story.last + 1 - task.replay, this.#floor);
    this.#tellPlace('channel-start');
    if (older === undefined) return;
    this.#kept = Math.max(story.first, this.#floor);
    this.#leaveOut(0, older);
    this.#next = this.#kept;
  }

  /** Number of the first event that may be for it. */
  get #floor(): number {
    const since = this.#parts.task.since === undefined ? undefined : placeIn(this.#parts.task.since);
    return since && since.epoch === this.story.epoch ? since.number + 1 : 0;
  }

  #continue(after: string): void {
    const { story } = this.#parts;
    const { epoch, number } = placeIn(after);
    if (epoch !== story.epoch) this.#miss('restarted', undefined);
    else {
      this.#next = Math.max(number + 1, this.#floor);
      this.#inDoubt = number < story.forgotten;
      const missing = story.first - this.#next;
      if (missing > 0 && !this.#newestFrom(this.#next)) this.#miss('expired', missing);
    }
  }

  #miss(reason: string, count: number | undefined): void {
    this.missed = true;
    this.#tellGap(reason, count);
  }

  #tellGap(reason: string, count: number | undefined): void {
    if (this.#parts.task.snapshot !== 'none') return this.#ask();
    this.#next = Math.max(this.story.first, this.#floor);
    this.#due.push({ kind: 'gap', reason, count, rule: 'channel-gap' });
    this.#tellPlace('channel-gap');
  }

  #tellPlace(rule: Invariant): void {
    this.#due.push({ kind: 'position', number: this.#next - 1, rule });
  }

  #ask(): void {
    this.#asking = this.story.last;
    this.#next = this.#asking + 1;
  }

  #read(): Expected {
    const { task, story } = this.#parts;
    if (this.#next > story.last) {
      return story.closed
        ? { kind: 'end', rule: 'channel-order' }
        : { kind: 'nothing', rule: 'channel-order' };
    }
    if (this.#next < story.first) return this.#fallBehind();
    const from = this.#next;
    if (task.overflow === 'latest') while (story.isOld(this.#next)) this.#next++;
    const number = this.#next++;
    if (number === from) return this.#take('item', number, 'channel-order');
    this.#due.push(this.#take('item', number, 'channel-latest'));
    return { kind: 'gap', reason: 'dropped', count: number - from, rule: 'channel-latest' };
  }

  #fallBehind(): Expected {
    if (this.#parts.task.overflow === 'error') return { kind: 'failure', rule: 'channel-gap' };
    const { first } = this.story;
    const newest = this.#newestFrom(this.#next);
    if (newest) this.#leaveOut(first - this.#next - newest.length, newest);
    else this.#tellGap('dropped', first - this.#next);
    return this.#due.shift() ?? this.#take('state', this.#asking as number, 'channel-snapshot');
  }

  /** What it is to have of what the log holds no more, if it wants the newest of each key alone. */
  #newestFrom(number: number): readonly number[] | undefined {
    return this.#parts.task.overflow === 'latest' ? this.story.newestFrom(number) : undefined;
  }

  #leaveOut(count: number, newest: readonly number[]): void {
    const rule = 'channel-latest';
    if (count > 0) this.#due.push({ kind: 'gap', reason: 'dropped', count, rule });
    for (const number of newest) this.#due.push(this.#take('item', number, rule));
    this.#next = this.story.first;
  }

  #take(kind: 'item' | 'state', number: number, rule: Invariant): Expected {
    return { kind, number, rule };
  }

  #gaveItem(expected: Expected, tail: string): void {
    if (expected.kind !== 'item' && expected.kind !== 'state') return;
    this.numbers.push(expected.number);
    if (expected.kind === 'item') return;
    this.states.add(expected.number);
    this.#asking = undefined;
    const { presence, story } = this.#parts;
    if (story === presence) presence.epoch ??= epochOf(tail);
  }

  #over(state: 'ended' | 'failed' | 'stopped'): void {
    this.#state = state;
    const { task, story, presence } = this.#parts;
    if (this.#here && task.member) presence.goes(task.member);
    if (this.#here && story === presence) presence.watched(-1);
    this.#here = false;
  }

  #wanted(expected: Expected): string {
    switch (expected.kind) {
      case 'gap':
        return `gap ${expected.reason} ${expected.count}`;
      case 'position':
        return `position ${this.story.epoch}.${expected.number}`;
      case 'state':
        return 'item';
      case 'nothing':
      case 'end':
      case 'failure':
      case 'item':
        return expected.kind;
      default:
        return expected satisfies never;
    }
  }

  #check(holds: boolean, rule: Invariant, detail: string): void {
    const broken = this.#parts.task.of === 'presence' ? 'presence-is-true' : rule;
    this.#parts.verdicts.check(holds, broken, () => `${this.#parts.name} of ${this.story.name} ${detail}`);
  }
}

function describe(step: Step): string {
  if (step === undefined) return 'nothing';
  if (step === 'end') return step;
  if ('gap' in step) return `gap ${step.gap} ${step.count}`;
  return 'position' in step ? `position ${step.position}` : 'item';
}

/** A tail is an event's data and its id: the end of a message. */
function epochOf(tail: string): string {
  const [, id] = JSON.parse(`[${tail}`) as [unknown, string];
  return placeIn(id).epoch;
}
