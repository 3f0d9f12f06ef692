import { attachmentFault, streamRows } from './attachments.ts';
import { isCall, isDemand, isFinal, Kind, type Message } from './frames.ts';
import { defaultLimit } from './tables.ts';

/** A call or a stream, of either end, as its messages tell. */
interface Course {
  readonly kind: number;
  started: boolean;
  cancelled: boolean;
  final: boolean;
  items: number;
  consumed: number;
  /** The largest item window that its receiver ever gave. */
  window: number;
}

/** The kinds that may have a negative id. */
const ofStreams: readonly number[] = [Kind.error, Kind.item, Kind.end, Kind.cancel, Kind.credit, Kind.gap];

/** Of the kind of a stream inside a value: no kind of a call. */
const insideValue = 0;

function begin(kind: number): Course {
  const fresh = { started: kind === insideValue, cancelled: false, final: false, items: 0, consumed: 0 };
  return { kind, ...fresh, window: defaultLimit('firstItems') };
}

/**
 * What both ends have said in one session about calls and streams: whatever the server says against sections 6 and 7
 * is a fault. Ids of the two ends are numbered apart, and so are their streams.
 */
export class Conversation {
  readonly #limit: (name: string) => number;
  /** Calls of the client, and streams that the server sends. */
  readonly #answered = new Map<number, Course>();
  /** Calls of the server, and streams that the client sends. */
  readonly #asked = new Map<number, Course>();
  #newestCall = 0;

  constructor(limit: (name: string) => number) {
    this.#limit = limit;
  }

  /** A message that the client sent. */
  outbound(message: Message): void {
    const [kind, id] = message;
    if (isCall(message) && !this.#answered.has(id)) this.#answered.set(id, begin(kind));
    for (const row of streamRows(message))
      if (!this.#asked.has(row.id)) this.#asked.set(row.id, begin(insideValue));
    const course = (isDemand(message) ? this.#answered : this.#asked).get(id);
    if (!course) return;
    if (kind === Kind.cancel) course.cancelled = true;
    if (kind === Kind.item) course.items++;
    if (isFinal(message)) course.final = true;
    if (kind !== Kind.credit) return;
    course.consumed = Math.max(course.consumed, Number(message[2]));
    if (typeof message[3] === 'number') course.window = Math.max(course.window, message[3]);
  }

  /** A message of the server. Says what is wrong with it, if anything is. */
  inbound(message: Message, inParts: boolean): string | undefined {
    const [kind, id] = message;
    if (id === 0 || (id < 0 && !ofStreams.includes(kind))) return 'an id that its kind does not have';
    const fault = attachmentFault(message) ?? this.#named(message);
    if (fault) return fault;
    if (isCall(message)) return this.#called(message, inParts);
    if (isDemand(message)) return this.#demanded(message);
    const course = this.#answered.get(id);
    return course ? this.#progress(course, message) : 'for what was never asked or named';
  }

  /** The streams inside a message begin. */
  #named(message: Message): string | undefined {
    for (const { id } of streamRows(message)) {
      if (this.#answered.has(id)) return `stream ${id} for the second time`;
      this.#answered.set(id, begin(insideValue));
    }
    const open = [...this.#answered].filter(([id, course]) => id < 0 && !course.final);
    return open.length > this.#limit('calls') ? 'more streams than calls' : undefined;
  }

  #called([kind, id]: Message, inParts: boolean): string | undefined {
    if (this.#asked.has(id) || (id < this.#newestCall && !inParts)) return 'an id that does not rise';
    this.#newestCall = Math.max(this.#newestCall, id);
    this.#asked.set(id, begin(kind));
    return undefined;
  }

  /** A cancel or credit. */
  #demanded([kind, id, consumed, items = 0, bytes = 0]: Message): string | undefined {
    const course = this.#asked.get(id);
    if (!course) return 'for what was never asked or named';
    if (kind === Kind.cancel) return undefined;
    if (Number(consumed) > course.items) return `consumed more than the ${course.items} items that were sent`;
    const wide = Number(items) > this.#limit('streamItems') || Number(bytes) > this.#limit('streamBytes');
    return wide ? 'a window over the limits' : undefined;
  }

  #progress(course: Course, message: Message): string | undefined {
    const [kind] = message;
    const stream = course.kind === Kind.subscription || course.kind === insideValue;
    if (course.final) return 'after the final message';
    if (isFinal(message)) {
      course.final = true;
      if (kind === Kind.result && stream) return 'a result for a stream';
      if (kind === Kind.end && !stream && !course.cancelled) return 'end for a call that is no stream';
      return undefined;
    }
    if (!stream) return 'a message of a stream for a call that is none';
    if (kind === Kind.started) {
      if (course.started) return 'started twice';
      course.started = true;
      return undefined;
    }
    if (!course.started) return 'before started';
    if (kind !== Kind.item) return undefined;
    course.items++;
    return course.items > course.consumed + course.window ? 'more items than the credit allows' : undefined;
  }
}
