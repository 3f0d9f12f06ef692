import type { LaneName, Outgoing } from '../../src/session/outgoing.ts';
import type { Attachment } from '../../src/session/session.ts';
import type { Limits } from '../../src/wire/limits.ts';
import { defaultLimits } from '../../src/wire/limits.ts';
import { ScriptedSocket } from './scripted-socket.ts';
import { SessionBench } from './session-bench.ts';

/** A session that sends, and its other end, to which the test carries frame by frame what was sent. */
export class SessionPair {
  readonly from = new SessionBench();
  readonly to = new SessionBench();
  readonly #limits: Limits;
  /** Frames of either end's socket that were carried. */
  readonly #carried = new Map<SessionBench, number>();

  constructor(limits: Partial<Limits> = {}) {
    this.#limits = { ...defaultLimits, ...limits };
    for (const end of [this.from, this.to]) this.#plug(end, { resumed: false, sent: 0, received: 0 });
  }

  send(entry: string | Outgoing, lane: LaneName = 'call'): void {
    this.from.session.send(entry, lane);
  }

  /** Carries up to so many frames of the sender; answers how many there were. */
  carry(most = Number.POSITIVE_INFINITY): number {
    return carryAll(this.from, this.to, this.#carried, most);
  }

  /** Carries everything in both directions until nothing is said any more. */
  settle(): void {
    for (let moved = 1; moved > 0; ) {
      while (this.from.turn.run() || this.to.turn.run());
      moved = this.carry() + carryAll(this.to, this.from, this.#carried, Number.POSITIVE_INFINITY);
    }
  }

  /** What was not carried is lost, and both go on over another socket. */
  cut(): void {
    const { from, to } = this;
    const [here, there] = [countsOf(from), countsOf(to)];
    for (const end of [from, to]) {
      end.session.detach();
      end.socket = new ScriptedSocket();
      this.#carried.set(end, 0);
    }
    this.#plug(to, { resumed: true, ...here });
    this.#plug(from, { resumed: true, ...there });
  }

  #plug(end: SessionBench, line: Attachment): void {
    end.session.attach(end.socket, this.#limits, line);
  }
}

function countsOf({ session }: SessionBench): Omit<Attachment, 'resumed'> {
  const { sent, received } = session.counts;
  return { sent, received };
}

function carryAll(
  from: SessionBench,
  to: SessionBench,
  carried: Map<SessionBench, number>,
  most: number,
): number {
  const start = carried.get(from) ?? 0;
  const frames = from.socket.sent.slice(start, start + most);
  for (const data of frames) to.session.receive(data);
  carried.set(from, start + frames.length);
  return frames.length;
}
