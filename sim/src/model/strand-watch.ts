import type { Side } from '../network/line.ts';
import type { Passage } from './passage.ts';
import type { StrandRecord } from './strand-record.ts';
import type { Verdicts } from './verdicts.ts';
import type { WireMessage } from './wire-frame.ts';
import { optionsIn } from './wire-frame.ts';

/** A stream inside a value, on the wire; numbers are those of the frames in which something was said. */
interface Strand {
  readonly record: StrandRecord | undefined;
  readonly call: WireCall | undefined;
  items: number;
  final: number | undefined;
  cancelled: number | undefined;
}

interface WireCall {
  readonly inputs: readonly Strand[];
  outputs: readonly Strand[];
  /** Its last message but those of its outputs. */
  final: number | undefined;
  cancelled: number | undefined;
}

export interface StrandWatchParts {
  readonly name: string;
  readonly verdicts: Verdicts;
  /** What an end sends. */
  readonly passages: { readonly [S in Side]: Passage };
  /** The strands of the call or the result that a message is. */
  readonly strandsOf: (message: WireMessage) => readonly StrandRecord[];
  /** The world's time. */
  readonly now: () => number;
}

/** An input that is to be cancelled, by whoever is through with its call since then. */
interface Unread {
  readonly strand: Strand;
  readonly since: number;
}

const error = 5;
const item = 7;
const end = 8;
const cancel = 9;
const result = 4;

function other(side: Side): Side {
  return side === 'client' ? 'server' : 'client';
}

/** What both ends of a session say about streams inside values. */
export class StrandWatch {
  readonly #parts: StrandWatchParts;
  /** By the side that sends them, and by the side that makes them. */
  readonly #strands = { client: new Map<number, Strand>(), server: new Map<number, Strand>() };
  readonly #calls = { client: new Map<number, WireCall>(), server: new Map<number, WireCall>() };
  readonly #unread: { readonly [S in Side]: Unread[] } = { client: [], server: [] };

  constructor(parts: StrandWatchParts) {
    this.#parts = parts;
  }

  /** A side goes on to calls, items or parts: what it was to cancel before that it has. */
  goesOn(side: Side): void {
    const unread = this.#unread[side];
    const now = this.#parts.now();
    while (unread[0] && unread[0].since < now) {
      const { cancelled, final, record } = (unread.shift() as Unread).strand;
      const done = cancelled !== undefined || this.#hasHeard(side, final);
      const detail = `the ${side} is through with a call, and not with ${record?.name}`;
      this.#check(done, detail, 'input-is-cancelled');
    }
  }

  /** A side says a message for the first time. */
  said(side: Side, message: WireMessage): void {
    const [kind, id] = message;
    if (id < 0) return this.#saidOfStrand(side, message);
    if (kind < result) {
      const call: WireCall = {
        inputs: this.#announce(side, message, undefined),
        outputs: [],
        final: undefined,
        cancelled: undefined,
      };
      this.#calls[side].set(id, call);
      return;
    }
    const { sent } = this.#parts.passages[side];
    const own = this.#calls[side].get(id);
    if (kind === cancel && own) own.cancelled ??= sent;
    if (kind !== result && kind !== error && kind !== end) return;
    const call = this.#calls[other(side)].get(id);
    if (call === undefined) return;
    call.outputs = kind === result ? this.#announce(side, message, call) : [];
    call.final = sent;
    if (call.outputs.length === 0) this.#over(side, call);
  }

  #announce(side: Side, message: WireMessage, call: WireCall | undefined): Strand[] {
    const { streams } = optionsIn(message);
    if (streams === undefined) return [];
    const records = this.#parts.strandsOf(message);
    return streams.map(([, id], index) => {
      const isNew = id < 0 && !this.#strands[side].has(id);
      this.#check(isNew, `the ${side} calls a stream ${id}, which is not new`);
      const strand = { record: records[index], call, items: 0, final: undefined, cancelled: undefined };
      this.#strands[side].set(id, strand);
      return strand;
    });
  }

  #saidOfStrand(side: Side, [kind, id]: WireMessage): void {
    const isSender = kind !== cancel && kind !== 10;
    const strand = this.#strands[isSender ? side : other(side)].get(id);
    this.#check(strand !== undefined, `the ${side} says ${kind} of the stream ${id}, which is unknown`);
    if (strand === undefined) return;
    const { sent } = this.#parts.passages[side];
    if (kind === cancel) strand.cancelled ??= sent;
    if (!isSender) return;
    this.#check(strand.final === undefined, `the ${side} says ${kind} of the stream ${id}, which is over`);
    if (kind === item) strand.items++;
    if (kind !== end && kind !== error) return;
    strand.final = sent;
    if (kind === end) this.#checkEnd(side, id, strand);
    const { call } = strand;
    if (call?.outputs.every(({ final }) => final !== undefined)) this.#over(side, call);
  }

  /** Only a stream that is whole ends, or one that nobody reads any more. */
  #checkEnd(side: Side, id: number, strand: Strand): void {
    const { record, items, cancelled } = strand;
    const whole = record === undefined || (record.end === 'ended' && items === record.produced);
    const call = this.#callOf(side, strand);
    const unread =
      this.#hasHeard(side, cancelled) ||
      this.#hasHeard(side, call?.final) ||
      this.#hasHeard(side, strand.call?.cancelled);
    const how = `with ${items} of ${record?.produced} items, and its source has ${record?.end}`;
    this.#check(whole || unread, `the ${side} ends the stream ${id} ${how}`, 'strand-is-whole');
  }

  /** The call that a strand is an input of. */
  #callOf(side: Side, strand: Strand): WireCall | undefined {
    for (const call of this.#calls[side].values()) if (call.inputs.includes(strand)) return call;
    return undefined;
  }

  /** A side, which ran a call, has nothing more to say of it: what it did not read of the input it cancels. */
  #over(side: Side, { inputs }: WireCall): void {
    const since = this.#parts.now();
    for (const strand of inputs) this.#unread[side].push({ strand, since });
  }

  /** Whether what the other side said in a frame has arrived. */
  #hasHeard(side: Side, frame: number | undefined): boolean {
    return frame !== undefined && this.#parts.passages[other(side)].arrived >= frame;
  }

  #check(
    holds: boolean,
    detail: string,
    invariant: 'strand-ids' | 'strand-is-whole' | 'input-is-cancelled' = 'strand-ids',
  ): void {
    this.#parts.verdicts.check(holds, invariant, () => `${this.#parts.name}: ${detail}`);
  }
}
