import type { CloseName, FrameData } from '@hawser/core';
import { closeCodes, socketBufferBytes } from '@hawser/core';
import type { Trace } from '../loop/trace.ts';
import type { Line, LineWatcher } from '../network/line.ts';
import type { LineEnd } from '../network/line-end.ts';
import type { Plan } from '../plan.ts';
import type { AckBounds } from './ack-watch.ts';
import type { Admissions } from './admissions.ts';
import type { Answers } from './answers.ts';
import type { ControlFrame } from './control-frame.ts';
import type { CallEvent, Cursors } from './cursors.ts';
import { eventIn } from './cursors.ts';
import type { Departures } from './departures.ts';
import type { DropJudge } from './drop-judge.ts';
import type { HandshakeJudge } from './handshake-judge.ts';
import type { Introduction } from './introduction.ts';
import { LineStory } from './line-story.ts';
import type { Losses } from './losses.ts';
import { crossingOf } from './passage.ts';
import type { SessionBook } from './session-book.ts';
import type { SessionStory } from './session-story.ts';
import type { Verdicts } from './verdicts.ts';
import type { DataFrame, PartFrame, WireMessage } from './wire-frame.ts';
import { bytesIn, glimpse, messagesIn, readWire, shown } from './wire-frame.ts';
import type { WireRecords } from './wire-records.ts';

const namesByCode = new Map<number, CloseName>(
  (Object.keys(closeCodes) as CloseName[]).map((name) => [closeCodes[name].code, name]),
);

/** Codes below may come from anything on the way. */
const ownCodes = 4400;

const cleanCodes: ReadonlySet<number> = new Set([1000, 1001]);

/** How messages begin before which answers, credit and cancels leave: calls and items. */
const goesOn = /^\[(?:[1-3],|7)/;

/** Of a frame that arrives, as much as it takes to know it again. */
const shownLength = 48;

export interface WireJudgeParts {
  readonly plan: Plan;
  readonly trace: Trace;
  readonly verdicts: Verdicts;
  readonly sessions: SessionBook;
  readonly losses: Losses;
  readonly cursors: Cursors;
  readonly handshakes: HandshakeJudge;
  readonly drops: DropJudge;
  readonly admissions: Admissions;
  readonly departures: Departures;
  readonly answers: Answers;
  readonly records: WireRecords;
}

/** Watches the lines and judges what both ends say on them. It counts for itself. */
export class WireJudge implements LineWatcher {
  readonly #parts: WireJudgeParts;
  readonly #stories = new Map<Line, LineStory>();

  constructor(parts: WireJudgeParts) {
    this.#parts = parts;
  }

  /** The last `hello` that reached the server on a line. */
  introductionOn(line: Line): Introduction {
    return this.#storyOf(line).introduction as Introduction;
  }

  said(end: LineEnd, data: FrameData): void {
    this.#parts.trace.tell(end.name, 'says', shown(data));
    const story = this.#storyOf(end.line);
    const frame = readWire(data);
    if (frame === undefined) this.#parts.verdicts.violated('no-protocol-fault', `${end.name} says no frame`);
    else if (frame.kind === 'control') this.#saidControl(end, story, frame.control);
    else this.#saidData(end, story, frame, data);
  }

  heard(end: LineEnd, data: FrameData): void {
    this.#parts.trace.tell(end.name, 'hears', glimpse(data, shownLength));
    const story = this.#storyOf(end.line);
    story.heardAt[end.side] = end.machine.now();
    const frame = readWire(data);
    if (frame?.kind === 'control') this.#heardControl(end, story, frame.control);
    else if (frame) this.#heardData(end, story, frame, data.length);
  }

  drained(end: LineEnd): void {
    this.#parts.trace.tell(end.name, 'has drained');
    const session = end.side === 'server' ? this.#storyOf(end.line).sessionAt(end) : undefined;
    if (session) this.#parts.answers.drained(end, session);
  }

  closing(end: LineEnd, code: number): void {
    this.#parts.trace.tell(end.name, 'closes', String(code));
    this.#detach(end, false);
  }

  dropped(end: LineEnd): void {
    this.#parts.trace.tell(end.name, 'drops its socket');
    const story = this.#storyOf(end.line);
    const attached = story.sessionAt(end)?.attached === end.line;
    const inUse = end.side === 'client' ? story.welcome === 'heard' : attached;
    if (end.state === 'open' && inUse) this.#parts.drops.dropped(end, story);
    // One that makes way for a socket that is gone already is judged by how that went.
    this.#detach(end, story.sessionAt(end)?.admitted?.closedCleanly === true);
  }

  gone(end: LineEnd, code: number): void {
    this.#parts.trace.tell(end.name, 'is told that its socket is gone', String(code));
    const name = code >= ownCodes ? namesByCode.get(code) : undefined;
    const story = this.#storyOf(end.line);
    const { introduction, welcome } = story;
    if (end.side === 'server' && introduction && welcome === 'none') {
      this.#parts.admissions.orphaned(introduction, cleanCodes.has(code));
    }
    if (end.side === 'client' && name) this.#parts.handshakes.dismissed(story, name);
    this.#detach(end, cleanCodes.has(code));
  }

  #storyOf(line: Line): LineStory {
    const known = this.#stories.get(line);
    if (known) return known;
    const story = new LineStory(line, this.#parts.verdicts, this.#ackBounds(line));
    this.#stories.set(line, story);
    return story;
  }

  #ackBounds({ traits }: Line): AckBounds | 'none' {
    const { constants, announced } = this.#parts.plan;
    // Nothing is to be acknowledged without a window; a heavy buffer may hold up the acks as well.
    const watched = announced.window > 0 && traits.weight === 1;
    if (!watched) return 'none';
    return { frames: constants.ackFrames, bytes: Math.min(constants.ackBytes, announced.windowBytes / 4) };
  }

  #saidControl(end: LineEnd, story: LineStory, control: ControlFrame): void {
    const { handshakes } = this.#parts;
    switch (control[0]) {
      case 'hello':
        return handshakes.saidHello(end, story, control[1]);
      case 'welcome':
        return handshakes.saidWelcome(end, story, control[1]);
      case 'gone':
        return handshakes.saidGone(story);
      case 'ack':
      case 'ping':
      case 'pong':
        return this.#claimed(end, story, control[2]);
      case 'bye':
        return handshakes.saidBye(end, story, control[1]);
      default:
        control satisfies never;
    }
  }

  #heardControl(end: LineEnd, story: LineStory, control: ControlFrame): void {
    const { handshakes } = this.#parts;
    switch (control[0]) {
      case 'hello':
        return handshakes.heardHello(end, story, control[1]);
      case 'welcome':
        return handshakes.heardWelcome(story, control[1]);
      case 'gone':
        return handshakes.heardGone(story, control[1]);
      case 'ack':
      case 'ping':
      case 'pong':
        return story.sentBy(end)?.acknowledge(control[2]);
      case 'bye':
        return handshakes.heardBye(end, story, control[1]);
      default:
        control satisfies never;
    }
  }

  #saidData(end: LineEnd, story: LineStory, frame: DataFrame | PartFrame, data: FrameData): void {
    const { plan, verdicts } = this.#parts;
    verdicts.check(
      end.buffered < socketBufferBytes,
      'socket-buffer',
      () => `${end.name} holds ${end.buffered}, and is given more`,
    );
    if (frame.kind === 'data' && frame.ack !== undefined) this.#claimed(end, story, frame.ack);
    const bounded = plan.announced.window > 0 && (end.side === 'server' || story.welcome === 'heard');
    const session = story.sessionAt(end);
    const isNew = story.sentBy(end)?.said(crossingOf(frame, data), bounded) === true;
    if (isNew && session) this.#read(end, session, frame);
    verdicts.check(
      end.side === 'client' || session?.attached === end.line,
      'one-socket',
      () => `${end.name} speaks for ${session?.name}, which is served elsewhere`,
    );
  }

  #heardData(end: LineEnd, story: LineStory, frame: DataFrame | PartFrame, length: number): void {
    if (frame.kind === 'data' && frame.ack !== undefined) story.sentBy(end)?.acknowledge(frame.ack);
    const number = story.receivedBy(end)?.heard();
    if (story.welcome !== 'none') story.acks[end.side].heard(length);
    if (end.side === 'server' || number === undefined) return;
    for (const event of story.session?.events.get(number) ?? []) this.#parts.cursors.reached(event);
  }

  /** Reads a frame that an end sends for the first time. */
  #read(end: LineEnd, session: SessionStory, frame: DataFrame | PartFrame): void {
    const passage = end.side === 'client' ? session.up : session.down;
    const inParts = frame.kind === 'part';
    if (inParts || goesOn.test(frame.body)) session.strands.goesOn(end.side);
    let messages: readonly WireMessage[];
    if (inParts) {
      const message = passage.transfers.said(frame);
      messages = message ? [message] : [];
    } else {
      messages = messagesIn(frame);
      const bytes = messages.reduce((sum, message) => sum + bytesIn(message), 0);
      const adds = bytes === frame.sections;
      this.#parts.verdicts.check(adds, 'parts-are-true', () => `${end.name}: ${bytes} bytes are not there`);
    }
    for (const message of messages) this.#readMessage(end, session, message, inParts);
    if (end.side === 'server') this.#keepEvents(session, messages);
  }

  #keepEvents({ calls, events, down }: SessionStory, messages: readonly WireMessage[]): void {
    const found: CallEvent[] = [];
    for (const message of messages) {
      const event = eventIn(message);
      const call = event === undefined ? undefined : calls.get(message[1]);
      if (event !== undefined && call !== undefined) found.push({ call, event });
    }
    if (found.length > 0) events.set(down.sent, found);
  }

  #readMessage({ side }: LineEnd, session: SessionStory, message: WireMessage, inParts: boolean): void {
    const { records, departures, answers } = this.#parts;
    const passage = side === 'client' ? session.up : session.down;
    const call = records.callIn(message);
    if (call !== undefined) departures.left(session, passage, call, inParts);
    if (call !== undefined && side === 'client') session.calls.set(message[1], call);
    const run = records.answerIn(message);
    if (run !== undefined && side === 'server') answers.left(session, run);
    session.strands.said(side, message);
  }

  #claimed(end: LineEnd, story: LineStory, received: number): void {
    story.receivedBy(end)?.claim(received);
    story.acks[end.side].acknowledged();
  }

  #detach(end: LineEnd, clean: boolean): void {
    const { line, machine, side } = end;
    const session = this.#storyOf(line).sessionAt(end);
    if (!session) return;
    if (side === 'client') this.#parts.losses.dropped(this.#parts.sessions.client(session.client));
    else if (session.attached === line) session.detach(machine.now(), clean);
  }
}
