import type { Caller } from '../../src/rpc/connection.ts';
import type { OutgoingCall } from '../../src/rpc/outgoing-call.ts';
import type { StreamEntry } from '../../src/rpc/stream-intake.ts';
import { Subscription } from '../../src/rpc/subscription.ts';
import type { CallOptions } from './recorded-call.ts';

export interface RecordedSubscriptionOptions extends CallOptions {
  readonly survivesGaps?: boolean;
  readonly startsAtCursor?: boolean;
  /** Takes everything as soon as it is there. Default true. */
  readonly eager?: boolean;
}

/** A subscription whose consumer keeps what it takes, at once or when told. */
export class RecordedSubscription {
  readonly entries: StreamEntry[] = [];
  readonly subscription: Subscription;
  readonly call: OutgoingCall;
  eager: boolean;
  /** Run for each entry that was taken, before it counts as consumed. */
  onEntry: ((entry: StreamEntry) => void) | undefined;

  constructor(caller: Caller, path: string, input?: unknown, options: RecordedSubscriptionOptions = {}) {
    const { signal, timeoutMs, survivesGaps = false, startsAtCursor = false, eager = true } = options;
    this.eager = eager;
    this.subscription = new Subscription({
      survivesGaps,
      startsAtCursor,
      ready: () => {
        if (this.eager) this.take();
      },
    });
    const request = { type: 'subscription', path, json: JSON.stringify(input), signal, timeoutMs } as const;
    this.call = caller.call(request, this.subscription);
    this.subscription.bind(this.call);
  }

  /** Takes and consumes what is there, at most so many entries; answers how many there were. */
  take(most = Number.POSITIVE_INFINITY): number {
    for (let taken = 0; taken < most; taken++) {
      const entry = this.subscription.take();
      if (entry === undefined) return taken;
      this.entries.push(entry);
      this.onEntry?.(entry);
      this.subscription.consumed(entry);
    }
    return most;
  }

  /** The data of the items that were taken. */
  get items(): readonly unknown[] {
    return this.entries.flatMap((entry) => (entry.kind === 'item' ? [entry.data] : []));
  }

  /** In words, what was taken: items by their JSON, the rest by its kind and reason. */
  get story(): readonly string[] {
    return this.entries.map(tell);
  }

  get over(): boolean {
    return this.call.settled;
  }
}

function tell(entry: StreamEntry): string {
  switch (entry.kind) {
    case 'item':
      return entry.event === undefined
        ? JSON.stringify(entry.data)
        : `${JSON.stringify(entry.data)}@${entry.event}`;
    case 'started':
      return 'started';
    case 'gap':
      return `gap ${entry.reason}`;
    case 'over':
      if (entry.end.kind === 'fault') return `fault ${entry.end.fault.code} ${entry.end.fault.outcome}`;
      return entry.end.kind;
    default:
      return entry satisfies never;
  }
}
