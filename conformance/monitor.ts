import {
  type Frame,
  type Hello,
  isCount,
  isFinal,
  isMessage,
  isObject,
  type Json,
  Kind,
  type Message,
  messagesOf,
} from './frames.ts';
import { closeCode, defaultLimit, isCloseName } from './tables.ts';

/** A call of the client, as its messages tell. */
interface Call {
  readonly kind: number;
  started: boolean;
  cancelled: boolean;
  final: boolean;
  items: number;
  consumed: number;
  /** The largest item window that the client ever gave. */
  window: number;
}

/** Section 5, `gone`. */
const goneReasons = new Set<Json | undefined>([
  'expired',
  'evicted',
  'ended',
  'restarted',
  'off',
  'refused',
  'not-opened',
]);

/** A message that the client sent, or a data frame that came with this number. */
type Logged =
  | { readonly outbound: Message }
  | { readonly number: number; readonly messages: readonly Json[] };

/** Shortest and longest array of each kind that a server may send. */
const lengths = new Map<number, readonly [least: number, most: number]>([
  [Kind.query, [3, 5]],
  [Kind.mutation, [3, 5]],
  [Kind.subscription, [3, 5]],
  [Kind.result, [2, 4]],
  [Kind.error, [3, 3]],
  [Kind.started, [2, 2]],
  [Kind.item, [2, 5]],
  [Kind.end, [2, 4]],
  [Kind.cancel, [2, 2]],
  [Kind.credit, [3, 5]],
  [Kind.position, [3, 3]],
  [Kind.gap, [3, 4]],
]);

/**
 * Watches one session from the client's end and notes whatever the server does that PROTOCOL.md forbids,
 * whichever test it happens in: shapes, counts, frames sent again, exactly one final message, credit, the order of
 * closing.
 */
export class Monitor {
  readonly faults: string[] = [];
  /** The `window` that `welcome` announced. */
  window = 0;
  readonly #calls = new Map<number, Call>();
  /** All data messages of the session, of both ends, so far. */
  readonly #log: Logged[] = [];
  /** The messages of each data frame that ever arrived in the session, by its number. */
  readonly #arrived = new Map<number, string>();
  #hello: Hello | undefined;
  #welcomed = false;
  #frameBytes = defaultLimit('frameBytes');
  #bye: Json | undefined;

  note(fault: string): void {
    this.faults.push(fault);
  }

  /** Goes on with a session whose socket is gone, as if only so many frames had arrived. */
  takeOver(old: Monitor, received: number): void {
    for (const [number, messages] of old.#arrived) this.#arrived.set(number, messages);
    for (const logged of old.#log) {
      if ('outbound' in logged) this.outbound(logged.outbound);
      else if (logged.number <= received) this.#carryOut(logged.messages, logged.number);
    }
    // Whatever was wrong was noted when it came.
    this.faults.length = 0;
  }

  /** The `hello` that the client sent last. */
  hello(hello: Hello): void {
    this.#hello = hello;
  }

  /** A data message that the client sent. */
  outbound(message: Message): void {
    const [kind, id] = message;
    const call = this.#calls.get(id);
    this.#log.push({ outbound: message });
    if (kind >= Kind.query && kind <= Kind.subscription && !call) {
      const fresh = { started: false, cancelled: false, final: false, items: 0, consumed: 0 };
      this.#calls.set(id, { kind, ...fresh, window: defaultLimit('firstItems') });
    }
    if (!call) return;
    if (kind === Kind.cancel) call.cancelled = true;
    if (kind === Kind.credit) {
      call.consumed = Math.max(call.consumed, Number(message[2]));
      if (typeof message[3] === 'number') call.window = Math.max(call.window, message[3]);
    }
  }

  /** Any frame of the server, before it is looked at. */
  arrived(text: string): void {
    if (this.#bye !== undefined) this.note(`a frame after bye: ${text.slice(0, 200)}`);
    const bytes = Buffer.byteLength(text);
    if (bytes > this.#frameBytes) this.note(`a frame of ${bytes} bytes is over frameBytes`);
  }

  control(frame: Frame, sent: number, received: number): void {
    const name = frame[0];
    if (name === 'ping' || name === 'pong' || name === 'ack') this.#counts(frame, sent, received);
    else if (name === 'welcome') this.#welcome(frame);
    else if (name === 'gone') this.#gone(frame);
    else if (name === 'bye') this.#byeFrame(frame);
    else this.note(`a control frame that no server sends: ${JSON.stringify(frame)}`);
  }

  data(frame: Frame, sent: number, number: number): void {
    if (!this.#welcomed) this.note(`a data frame before welcome: ${JSON.stringify(frame)}`);
    const [first] = frame;
    if (typeof first === 'number' && (!isCount(first) || first > sent)) {
      this.note(`acknowledged ${first} of ${sent} frames`);
    }
    const messages = messagesOf(frame);
    if (messages.length === 0) this.note(`a data frame without a message: ${JSON.stringify(frame)}`);
    const text = JSON.stringify(messages);
    if ((this.#arrived.get(number) ?? text) !== text) this.note(`frame ${number} is another when sent again`);
    this.#arrived.set(number, text);
    this.#carryOut(messages, number);
  }

  closed(code: number, reason: string, byClient: boolean): void {
    const bye = this.#bye;
    if (isCloseName(bye)) {
      if (code !== closeCode(bye) || reason !== bye) this.note(`bye "${bye}" but close ${code} "${reason}"`);
    } else if (!byClient && code !== 1006 && code !== 1007 && code !== 1009) {
      this.note(`close ${code} "${reason}" without bye`);
    }
  }

  #carryOut(messages: readonly Json[], number: number): void {
    this.#log.push({ number, messages });
    for (const message of messages) this.#message(message);
  }

  #counts(frame: Frame, sent: number, received: number): void {
    const [name, theirSent, theirReceived] = frame;
    if (!this.#welcomed) this.note(`${String(name)} before welcome`);
    if (frame.length !== 3 || theirSent !== received || !isCount(theirReceived) || theirReceived > sent) {
      this.note(`${JSON.stringify(frame)}, though ${received} arrived and ${sent} were sent`);
    }
  }

  #welcome(frame: Frame): void {
    const body = frame[1];
    if (this.#welcomed) this.note('a second welcome');
    this.#welcomed = true;
    if (!isObject(body) || !isObject(body['limits'])) return;
    this.#agreement(body);
    const { window, frameBytes } = body['limits'];
    if (typeof window === 'number') this.window = window;
    if (typeof frameBytes === 'number') this.#frameBytes = frameBytes;
  }

  /** Compares `welcome` with the `hello` that it answers. */
  #agreement(welcome: { [key: string]: Json }): void {
    const hello = this.#hello;
    if (!hello) return this.note('welcome without hello');
    const { mode, sent, received } = hello;
    if (welcome['resumed'] !== (mode === 'resume')) this.note(`${mode} but ${JSON.stringify(welcome)}`);
    if (Number(welcome['sent']) < Number(received)) this.note(`welcome after ${received} frames had arrived`);
    if (mode === 'resume' && Number(welcome['received']) > Number(sent)) this.note('welcome counts too much');
  }

  #gone(frame: Frame): void {
    if (this.#hello?.['mode'] !== 'resume') this.note('gone, though nothing was to be resumed');
    if (frame.length !== 2 || !goneReasons.has(frame[1])) this.note(`malformed ${JSON.stringify(frame)}`);
    if (this.#welcomed) this.note('gone after welcome');
  }

  #byeFrame(frame: Frame): void {
    const [, name, error] = frame;
    this.#bye = name ?? null;
    const hasError = error === undefined || isObject(error);
    if (!isCloseName(name) || frame.length > 3 || !hasError) this.note(`malformed ${JSON.stringify(frame)}`);
  }

  #message(message: Json): void {
    const bounds = isMessage(message) ? lengths.get(message[0]) : undefined;
    if (!isMessage(message) || !bounds || message.length < bounds[0] || message.length > bounds[1]) {
      this.note(`malformed message ${JSON.stringify(message).slice(0, 200)}`);
      return;
    }
    if (message[0] <= Kind.subscription) return;
    const call = this.#calls.get(message[1]);
    const fault = call ? this.#progress(call, message) : 'for a call that was never made';
    if (fault) this.note(`${JSON.stringify(message).slice(0, 200)}: ${fault}`);
  }

  /** Applies a message of the callee to its call and says what is wrong with it, if anything is. */
  #progress(call: Call, message: Message): string | undefined {
    const [kind] = message;
    const subscription = call.kind === Kind.subscription;
    if (call.final) return 'after the final message';
    if (isFinal(message)) {
      call.final = true;
      if (kind === Kind.result && subscription) return 'a result for a subscription';
      if (kind === Kind.end && !subscription && !call.cancelled) return 'end for a call that is no stream';
      return;
    }
    if (!subscription) return 'a message of a stream for a call that is none';
    if (kind === Kind.started) {
      if (call.started) return 'started twice';
      call.started = true;
      return;
    }
    if (!call.started) return 'before started';
    if (kind !== Kind.item) return;
    call.items++;
    if (call.items > call.consumed + call.window) return 'more items than the credit allows';
    return;
  }
}
