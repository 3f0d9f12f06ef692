import type { Arrival } from '../../src/session/delivery.ts';
import { Ledger } from '../../src/session/ledger.ts';
import type { SessionEnd, SessionHandler } from '../../src/session/session.ts';
import { Session } from '../../src/session/session.ts';
import type { Limits } from '../../src/wire/limits.ts';
import { defaultLimits } from '../../src/wire/limits.ts';
import type { Message } from '../../src/wire/message.ts';
import type { Frame } from './frames.ts';
import { ManualClock } from './manual-clock.ts';
import { ManualTurn } from './manual-turn.ts';
import { ScriptedSocket } from './scripted-socket.ts';

/** A session whose socket, handler and owner are the test. */
export class SessionBench implements SessionHandler {
  readonly clock = new ManualClock();
  readonly turn = new ManualTurn();
  /** The one that is attached, or was last. */
  socket = new ScriptedSocket();
  readonly session: Session;
  readonly handed: Message[] = [];
  readonly arrivals: Arrival[] = [];
  readonly ends: SessionEnd[] = [];
  /** How often the handler was told of room in the bulk lane. */
  rooms = 0;
  outstanding = false;
  context: unknown;
  /** How long each message takes to carry out, in ms. */
  messageMs = 0;

  /** Gives the stream lane's room to whoever wants it. */
  giveRoom = (): boolean => false;

  /** Run at each message. */
  onMessage = (): void => {};

  constructor(announces = false) {
    const { clock, turn } = this;
    this.session = new Session('S', { clock, turn, ledger: new Ledger(), announces }, { ended: () => {} });
    this.session.handler = this;
  }

  /** A session whose handshake is done. */
  static open(limits: Partial<Limits> = {}, announces = false): SessionBench {
    const bench = new SessionBench(announces);
    bench.session.attach(
      bench.socket,
      { ...defaultLimits, ...limits },
      { resumed: false, sent: 0, received: 0 },
    );
    bench.turn.run();
    return bench;
  }

  message(message: Message, arrival: Arrival): void {
    this.handed.push(message);
    this.onMessage();
    this.clock.sleep(this.messageMs);
    this.arrivals.push(arrival);
  }

  arriving(): void {}

  room(): boolean {
    this.rooms++;
    return this.giveRoom();
  }

  limited(): void {}

  ended(end: SessionEnd): void {
    this.ends.push(end);
  }

  /** A frame comes in. */
  hears(frame: Frame): void {
    this.session.receive(JSON.stringify(frame));
  }

  /** Runs the flushes of this turn, and answers the frames that they sent. */
  flush(): readonly Frame[] {
    const before = this.socket.frames.length;
    while (this.turn.run());
    return this.socket.frames.slice(before);
  }
}
