import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Ledger } from '../../src/session/ledger.ts';
import type { LaneName } from '../../src/session/outgoing.ts';
import { socketBufferBytes } from '../../src/session/ports.ts';
import type { SessionEnd } from '../../src/session/session.ts';
import { Session } from '../../src/session/session.ts';
import type { Limits } from '../../src/wire/limits.ts';
import { defaultLimits } from '../../src/wire/limits.ts';
import type { Message } from '../../src/wire/message.ts';
import { ManualClock } from '../harness/manual-clock.ts';
import { ManualTurn } from '../harness/manual-turn.ts';
import { present } from '../harness/present.ts';
import { ScriptedSocket } from '../harness/scripted-socket.ts';

const limits: Limits = { ...defaultLimits, window: 60_000, windowBytes: 2000 };
const lanes = ['reply', 'call', 'stream'] as const satisfies readonly LaneName[];

/** One end, and what it was told. */
class End {
  readonly clock = new ManualClock();
  readonly turn = new ManualTurn();
  readonly ledger = new Ledger();
  readonly session: Session;
  readonly ends: SessionEnd[] = [];
  readonly sent: Record<LaneName, number[]> = { reply: [], call: [], stream: [] };
  readonly handed: number[] = [];
  socket = new ScriptedSocket();
  /** Frames of the socket that the other end has taken. */
  taken = 0;

  constructor(name: string) {
    const { clock, turn, ledger } = this;
    this.session = new Session(name, { clock, turn, ledger }, { ended: () => {} });
    this.session.handler = {
      message: (message: Message) => void this.handed.push(message[1]),
      arriving: () => {},
      limited: () => {},
      room: () => false,
      ended: (end) => void this.ends.push(end),
      outstanding: false,
      context: undefined,
    };
  }

  send(id: number, lane: LaneName, length: number): void {
    this.sent[lane].push(id);
    this.session.send(JSON.stringify([4, id, 'x'.repeat(length)]), lane);
  }

  flush(): void {
    while (this.turn.run());
  }

  plug(line: { resumed: boolean; sent: number; received: number }, capacity: number): void {
    this.socket = new ScriptedSocket();
    this.taken = 0;
    const { socket } = this;
    socket.onSend = (frame) => {
      // A socket of small capacity: what it holds counts for more.
      socket.buffered += frame.length * (socketBufferBytes / capacity);
    };
    this.session.attach(socket, limits, line);
  }

  /** The other end takes a frame of this one's socket; answers whether there was any. */
  give(to: End): boolean {
    const frame = this.socket.sent[this.taken];
    if (frame === undefined) return false;
    this.taken++;
    to.session.receive(frame);
    return true;
  }

  /** The runtime got rid of all it held. */
  drain(): void {
    this.socket.buffered = 0;
    this.session.drained();
  }
}

/** Two ends of a session, whose sockets die and are replaced as the test says. */
class Pair {
  readonly one = new End('one');
  readonly other = new End('other');
  #ids = 0;

  constructor(capacity: number) {
    for (const end of this.ends) end.plug({ resumed: false, sent: 0, received: 0 }, capacity);
  }

  get ends(): readonly [End, End] {
    return [this.one, this.other];
  }

  get over(): readonly SessionEnd[] {
    return this.ends.flatMap((it) => it.ends);
  }

  send(first: boolean, lane: LaneName, length: number): void {
    (first ? this.one : this.other).send(++this.#ids, lane, length);
  }

  /** The line dies with what is on it, and the ends tell each other their counts over another. */
  cut(capacity: number): void {
    for (const { session } of this.ends) session.detach();
    const [one, other] = this.ends.map(({ session }) => ({ ...countsOf(session) })) as [Counts, Counts];
    this.other.plug({ resumed: true, ...one }, capacity);
    this.one.plug({ resumed: true, ...other }, capacity);
  }

  step(first: boolean): boolean {
    return first ? this.one.give(this.other) : this.other.give(this.one);
  }

  /** Until nothing is on its way, nothing waits, and all is acknowledged. */
  settle(): void {
    for (let round = 0; round < 2000; round++) {
      let moved = false;
      for (const end of this.ends) {
        end.drain();
        end.flush();
      }
      for (const first of [true, false]) while (this.step(first)) moved = true;
      if (!moved) {
        for (const end of this.ends) end.session.sweep(end.clock.now(), false);
        if (this.ends.every((it) => it.session.held === 0 && it.taken === it.socket.sent.length)) return;
      }
    }
    throw new Error('Not settled');
  }
}

interface Counts {
  readonly sent: number;
  readonly received: number;
}

const countsOf = ({ counts }: Session): Counts => ({ sent: counts.sent, received: counts.received });

describe('two ends of a session, over any number of lines', () => {
  const capacity = fc.constantFrom(500, 3000, 1_000_000);
  const first = fc.boolean();
  const step = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('send' as const),
        first,
        lane: fc.constantFrom(...lanes),
        length: fc.oneof(fc.nat({ max: 100 }), fc.nat({ max: 3000 })),
        flush: fc.boolean(),
      }),
    },
    {
      weight: 6,
      arbitrary: fc.record({ kind: fc.constant('carry' as const), first, frames: fc.nat({ max: 40 }) }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('drain' as const), first }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('sweep' as const), first }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('probe' as const), first }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('cut' as const), capacity }) },
  );

  it('hand on every message once, each lane in its order, and let go of everything', () => {
    fc.assert(
      fc.property(capacity, fc.array(step, { maxLength: 80 }), (size, steps) => {
        const pair = new Pair(size);
        for (const it of steps) {
          const end = 'first' in it && it.first ? pair.one : pair.other;
          if (it.kind === 'send') {
            pair.send(it.first, it.lane, it.length);
            if (it.flush) end.flush();
          } else if (it.kind === 'carry') {
            end.flush();
            for (let i = 0; i < it.frames && pair.step(it.first); i++);
          } else if (it.kind === 'drain') end.drain();
          else if (it.kind === 'sweep') end.session.sweep(end.clock.now(), false);
          else if (it.kind === 'probe') end.session.probe();
          else pair.cut(it.capacity);
          expect(pair.over).toEqual([]);
        }
        pair.settle();
        expect(pair.over).toEqual([]);
        for (const [from, to] of [pair.ends, [...pair.ends].reverse()] as [End, End][]) {
          for (const lane of lanes) {
            expect(to.handed.filter((id) => from.sent[lane].includes(id))).toEqual(from.sent[lane]);
          }
          expect(to.handed).toHaveLength(lanes.reduce((sum, lane) => sum + from.sent[lane].length, 0));
          expect(from.session.counts.sent).toBe(to.session.counts.received);
          expect(from.ledger.held).toBe(0);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('agree on what their lines carried: a frame that is lost, or comes twice, is a miscount at the next count', () => {
    const fault = fc.constantFrom('lost' as const, 'twice' as const);
    fc.assert(
      fc.property(
        fault,
        fc.integer({ min: 1, max: 10 }),
        fc.nat({ max: 9 }),
        fc.boolean(),
        (what, count, at, cut) => {
          const pair = new Pair(1_000_000);
          for (let i = 0; i < count; i++) {
            pair.send(true, 'reply', 10);
            pair.one.flush();
          }
          if (cut) {
            pair.step(true);
            pair.cut(1_000_000);
            pair.one.flush();
          }
          const { sent } = pair.one.socket;
          if (sent.length === 0) return;
          const index = at % sent.length;
          if (what === 'lost') sent.splice(index, 1);
          else sent.splice(index, 0, present(sent[index]));
          pair.one.session.probe();
          while (pair.step(true));
          expect(pair.other.ends).toEqual([{ name: 'miscount' }]);
        },
      ),
    );
  });
});
