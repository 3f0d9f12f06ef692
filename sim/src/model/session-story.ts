import type { Machine } from '../loop/machine.ts';
import type { Line } from '../network/line.ts';
import type { CallEvent } from './cursors.ts';
import type { Introduction } from './introduction.ts';
import type { PassageBounds } from './passage.ts';
import { Passage } from './passage.ts';
import type { StrandWatchParts } from './strand-watch.ts';
import { StrandWatch } from './strand-watch.ts';

export interface SessionParts extends Pick<StrandWatchParts, 'verdicts' | 'strandsOf' | 'now'> {
  readonly bounds: PassageBounds;
}

/** A session as an onlooker of the wire, and of what the world did, knows it. */
export class SessionStory {
  readonly client: number;
  readonly number: number;
  /** What `ClientStory.names` was when it was introduced. */
  readonly names: number;
  /** Client to server, and back. */
  readonly up: Passage;
  readonly down: Passage;
  readonly strands: StrandWatch;
  /** The events in frames to the client, by the numbers of these. */
  readonly events = new Map<number, readonly CallEvent[]>();
  /** Its calls, by the ids that its client gave them. */
  readonly calls = new Map<number, number>();
  /** Whether a `welcome` ever reached the client. */
  welcomeHeard = false;
  /** The server that can have taken it in. */
  acceptedBy: Machine | undefined;
  /** The last dial that can have been accepted. */
  admitted: Introduction | undefined;
  /** Whose it is, since it was let in. */
  user: string | undefined;
  /** Whether its last dial was let in too late to be sure that it counted. */
  doubtful = false;
  /** The line that it is served on. */
  attached: Line | undefined;
  /** By the server's clock, since when it has no socket, and whether that had closed cleanly. */
  absentSince: number | undefined;
  closedCleanly = false;
  resumes = 0;
  /** Dials in a row that were let in and brought neither end anything new, and what both had by the last. */
  idleResumes = 0;
  progress = 0;
  /** Why it ended, once it did, as far as the server is concerned. */
  ended: string | undefined;
  /** Its end was seen at the server. */
  endSeen = false;
  /** Why it is over for the client. */
  lost: string | undefined;

  constructor(client: ClientStory, number: number, parts: SessionParts) {
    const { verdicts, bounds, strandsOf, now } = parts;
    this.client = client.number;
    this.names = client.names;
    this.number = number;
    this.up = new Passage(`session ${number}, up`, verdicts, bounds);
    this.down = new Passage(`session ${number}, down`, verdicts, bounds);
    const passages = { client: this.up, server: this.down };
    this.strands = new StrandWatch({ name: `session ${number}`, verdicts, passages, strandsOf, now });
  }

  get name(): string {
    return `session ${this.number}`;
  }

  /** A dial that resumes it is let in, by a client that has received so much. */
  resumedWith(received: number): void {
    const progress = received + this.up.arrived;
    this.idleResumes = progress === this.progress ? this.idleResumes + 1 : 0;
    this.progress = progress;
  }

  detach(now: number, clean: boolean): void {
    this.attached = undefined;
    this.absentSince = now;
    this.closedCleanly = clean;
  }
}

/** What a client went through. */
export class ClientStory {
  readonly number: number;
  current: SessionStory | undefined;
  /** Sessions that it was told are lost. */
  losses = 0;
  /** Dials of which it was told that they are refused. */
  refusals = 0;
  /** How often it was told that its session belongs to another name than the one it dialled with. */
  names = 0;
  /** Its user closed it. */
  closed = false;

  constructor(number: number) {
    this.number = number;
  }
}
