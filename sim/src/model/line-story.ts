import type { Line } from '../network/line.ts';
import type { LineEnd } from '../network/line-end.ts';
import type { AckBounds } from './ack-watch.ts';
import { AckWatch } from './ack-watch.ts';
import type { HelloFields } from './control-frame.ts';
import type { Introduction } from './introduction.ts';
import type { Passage } from './passage.ts';
import type { SessionStory } from './session-story.ts';
import type { Verdicts } from './verdicts.ts';

/** What went over one line. */
export class LineStory {
  readonly line: Line;
  /** The session that the client's last `hello` asked for, and that `hello`. */
  session: SessionStory | undefined;
  hello: HelloFields | undefined;
  /** The last `hello` that reached the server. */
  introduction: Introduction | undefined;
  welcome: 'none' | 'said' | 'heard' = 'none';
  /** Whether the client was told `bye`: what its socket says after that is no news. */
  dismissed = false;
  /** When each end heard something last, by its own clock. */
  readonly heardAt: { client: number; server: number };
  readonly acks: { readonly client: AckWatch; readonly server: AckWatch };

  constructor(line: Line, verdicts: Verdicts, bounds: AckBounds | 'none') {
    this.line = line;
    this.acks = {
      client: new AckWatch(line.client, verdicts, bounds),
      server: new AckWatch(line.server, verdicts, bounds),
    };
    this.heardAt = { client: line.client.machine.now(), server: line.server.machine.now() };
  }

  /** The session that an end believes to speak for. */
  sessionAt({ side }: LineEnd): SessionStory | undefined {
    return side === 'client' ? this.session : this.introduction?.session;
  }

  /** The frames that an end sends. */
  sentBy(end: LineEnd): Passage | undefined {
    const session = this.sessionAt(end);
    return end.side === 'client' ? session?.up : session?.down;
  }

  /** The frames that an end receives. */
  receivedBy(end: LineEnd): Passage | undefined {
    const session = this.sessionAt(end);
    return end.side === 'client' ? session?.down : session?.up;
  }
}
