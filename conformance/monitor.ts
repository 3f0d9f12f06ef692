import { cutSections } from './attachments.ts';
import type { Part } from './binary.ts';
import { Conversation } from './conversation.ts';
import type { DataFrame } from './data-frame.ts';
import {
  type Frame,
  type Hello,
  isCount,
  isDemand,
  isMessage,
  isObject,
  type Json,
  Kind,
  type Message,
  messagesOf,
  parseFrame,
} from './frames.ts';
import { closeCode, defaultLimit, isCloseName } from './tables.ts';
import { Transfers, type Whole } from './transfers.ts';

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
type Logged = { readonly outbound: Message } | { readonly number: number; readonly frame: DataFrame };

/** A message that was carried out, with its bytes. */
export interface Carried {
  readonly message: Message;
  readonly sections: readonly Uint8Array[];
}

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

function sizeOf(sections: readonly Uint8Array[]): number {
  return sections.reduce((size, section) => size + section.length, 0);
}

/**
 * Watches one session from the client's end and notes whatever the server does that PROTOCOL.md forbids,
 * whichever test it happens in: shapes, counts, frames sent again, bytes and parts that do not add up, exactly one
 * final message, credit, the order of closing.
 */
export class Monitor {
  readonly faults: string[] = [];
  /** The `window` that `welcome` announced. */
  window = 0;
  readonly #conversation = new Conversation((name) => this.#limit(name));
  readonly #transfers = new Transfers();
  /** What was carried out while a transfer was unfinished. */
  readonly #overtook = new Map<number, Set<string>>();
  /** All data messages of the session, of both ends, so far. */
  readonly #log: Logged[] = [];
  /** The content of each data frame that ever arrived in the session, by its number. */
  readonly #arrived = new Map<number, string>();
  #hello: Hello | undefined;
  #welcomed = false;
  #limits: { [name: string]: Json } = {};
  #bye: Json | undefined;

  note(fault: string): void {
    this.faults.push(fault);
  }

  /** Goes on with a session whose socket is gone, as if only so many frames had arrived. */
  takeOver(old: Monitor, received: number): void {
    this.#limits = old.#limits;
    for (const [number, content] of old.#arrived) this.#arrived.set(number, content);
    for (const logged of old.#log) {
      if ('outbound' in logged) this.outbound(logged.outbound);
      else if (logged.number <= received) this.#carryOut(logged.frame, logged.number);
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
    this.#log.push({ outbound: message });
    this.#conversation.outbound(message);
  }

  /** Any frame of the server, before it is looked at. */
  arrived(data: string | Uint8Array): void {
    const bytes = Buffer.byteLength(data);
    if (this.#bye !== undefined) this.note(`a frame of ${bytes} bytes after bye`);
    if (bytes > this.#limit('frameBytes')) this.note(`a frame of ${bytes} bytes is over frameBytes`);
  }

  control(frame: Frame, sent: number, received: number): void {
    const name = frame[0];
    if (name === 'ping' || name === 'pong' || name === 'ack') this.#counts(frame, sent, received);
    else if (name === 'welcome') this.#welcome(frame);
    else if (name === 'gone') this.#gone(frame);
    else if (name === 'bye') this.#byeFrame(frame);
    else this.note(`a control frame that no server sends: ${JSON.stringify(frame)}`);
  }

  /** A data frame of the server. Gives the messages that are carried out with it. */
  data(data: DataFrame, sent: number, number: number): readonly Carried[] {
    const { frame, content, part } = data;
    const text = JSON.stringify(frame).slice(0, 200);
    if (!this.#welcomed) this.note(`a data frame before welcome: ${text}`);
    const [first] = frame;
    if (typeof first === 'number' && (!isCount(first) || first > sent)) {
      this.note(`acknowledged ${first} of ${sent} frames`);
    }
    if (!part && messagesOf(frame).length === 0) this.note(`a data frame without a message: ${text}`);
    if ((this.#arrived.get(number) ?? content) !== content) {
      this.note(`frame ${number} is another when sent again`);
    }
    this.#arrived.set(number, content);
    return this.#carryOut(data, number);
  }

  closed(code: number, reason: string, byClient: boolean): void {
    const bye = this.#bye;
    if (isCloseName(bye)) {
      if (code !== closeCode(bye) || reason !== bye) this.note(`bye "${bye}" but close ${code} "${reason}"`);
    } else if (!byClient && code !== 1006 && code !== 1007 && code !== 1009) {
      this.note(`close ${code} "${reason}" without bye`);
    }
  }

  #carryOut(data: DataFrame, number: number): readonly Carried[] {
    this.#log.push({ number, frame: data });
    if (data.part) return this.#take(data.part);
    const messages = messagesOf(data.frame);
    return this.#messages(messages, data.sections);
  }

  #messages(messages: readonly Json[], bytes: Uint8Array, transfer?: number): readonly Carried[] {
    const cut = cutSections(messages, bytes);
    if (!cut) this.note(`sections that do not add up: ${JSON.stringify(messages).slice(0, 200)}`);
    return messages.flatMap((message, index) => {
      this.#message(message, transfer);
      if (sizeOf(cut?.[index] ?? []) > this.#limit('valueBytes')) this.note('sections over valueBytes');
      return isMessage(message) ? [{ message, sections: cut?.[index] ?? [] }] : [];
    });
  }

  #take(part: Part): readonly Carried[] {
    const { whole, fault } = this.#transfers.take(part);
    if (fault) this.note(fault);
    const [json, sections] = this.#transfers.lengths;
    if (json > this.#limit('messageBytes') || sections > this.#limit('valueBytes')) {
      this.note(`unfinished transfers of ${json} and ${sections} bytes`);
    }
    if (part.lengths) this.#overtook.set(part.transfer, new Set());
    if (whole) return this.#whole(whole);
    if (part.last) this.#overtook.delete(part.transfer);
    return [];
  }

  #whole({ json, sections, transfer }: Whole): readonly Carried[] {
    const frame = parseFrame(`[${json}]`);
    if (frame) return this.#messages(frame, sections, transfer);
    this.note(`a message in parts that is no JSON: ${json.slice(0, 200)}`);
    return [];
  }

  #limit(name: string): number {
    const announced = this.#limits[name];
    return typeof announced === 'number' ? announced : defaultLimit(name);
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
    this.#limits = body['limits'];
    this.window = this.#limit('window');
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

  /** `transfer` is what its parts came in, if it did. */
  #message(message: Json, transfer?: number): void {
    const bounds = isMessage(message) ? lengths.get(message[0]) : undefined;
    const json = JSON.stringify(message);
    const text = json.slice(0, 200);
    if (Buffer.byteLength(json) > this.#limit('messageBytes')) this.note(`over messageBytes: ${text}`);
    if (!isMessage(message) || !bounds || message.length < bounds[0] || message.length > bounds[1]) {
      this.note(`malformed message ${text}`);
      return;
    }
    const fault =
      this.#conversation.inbound(message, transfer !== undefined) ?? this.#order(message, transfer);
    if (fault) this.note(`${text}: ${fault}`);
  }

  /** Nothing overtakes a message of the same call or stream that is in parts. */
  #order(message: Message, transfer?: number): string | undefined {
    const what = `${isDemand(message)} ${message[1]}`;
    const overtaken = transfer !== undefined && this.#overtook.get(transfer)?.has(what);
    if (transfer !== undefined) this.#overtook.delete(transfer);
    for (const carried of this.#overtook.values()) carried.add(what);
    return overtaken ? 'its call or stream has overtaken it' : undefined;
  }
}
