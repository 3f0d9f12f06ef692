import type { CloseName } from '@hawser/core';
import { closeCodes } from '@hawser/core';
import { soon } from '../loop/event-loop.ts';
import type { LineEnd } from '../network/line-end.ts';
import type { Admissions } from './admissions.ts';
import type { HelloFields, WelcomeFields } from './control-frame.ts';
import type { DropJudge } from './drop-judge.ts';
import type { LineStory } from './line-story.ts';
import type { Losses } from './losses.ts';
import { isFault } from './losses.ts';
import type { SessionBook } from './session-book.ts';
import type { SessionStory } from './session-story.ts';
import type { Verdicts } from './verdicts.ts';

export interface HandshakeParts {
  readonly verdicts: Verdicts;
  readonly sessions: SessionBook;
  readonly losses: Losses;
  readonly admissions: Admissions;
  readonly drops: DropJudge;
}

/** Judges what is said about sessions: `hello`, `welcome`, `gone`, `bye`. */
export class HandshakeJudge {
  readonly #parts: HandshakeParts;

  constructor(parts: HandshakeParts) {
    this.#parts = parts;
  }

  saidHello(end: LineEnd, story: LineStory, hello: HelloFields): void {
    const session = this.#parts.sessions.introduced(end.line.owner, hello);
    story.session = session;
    story.hello = hello;
    session.down.claim(hello.received);
    if (hello.mode === 'open') session.up.sendsFrom(0);
    this.#parts.verdicts.check(
      hello.sent === session.up.sent,
      'no-protocol-fault',
      () => `${end.name} says that it sent ${hello.sent}, and has sent ${session.up.sent}`,
    );
  }

  heardHello({ line, machine }: LineEnd, story: LineStory, hello: HelloFields): void {
    const { session } = story;
    if (!session) return;
    const at = machine.now();
    story.introduction = { line, session, hello, at, refusal: undefined, closedCleanly: false, over: false };
  }

  saidWelcome({ line, machine }: LineEnd, story: LineStory, welcome: WelcomeFields): void {
    const { introduction } = story;
    if (!introduction) return;
    const { session, hello } = introduction;
    const before = session.attached;
    this.#parts.admissions.welcomed(introduction);
    session.up.claim(welcome.received);
    session.acceptedBy = machine;
    session.attached = line;
    session.doubtful = false;
    story.welcome = 'said';
    // From here on silence counts.
    story.heardAt.server = machine.now();
    session.down.sendsFrom(hello.received);
    if (hello.mode === 'resume') {
      session.resumes++;
      session.down.acknowledge(hello.received);
      session.up.arrivesFrom(welcome.received);
    }
    if (before && before !== line) this.#parts.drops.replaced(session, before);
  }

  heardWelcome(story: LineStory, welcome: WelcomeFields): void {
    const { session, hello } = story;
    if (!session || !hello) return;
    story.welcome = 'heard';
    session.welcomeHeard = true;
    session.down.arrivesFrom(hello.received);
    if (hello.mode === 'open') return;
    session.up.acknowledge(welcome.received);
    session.up.sendsFrom(welcome.received);
  }

  saidGone({ introduction }: LineStory): void {
    if (introduction) introduction.over = true;
  }

  heardGone({ session, introduction }: LineStory, reason: string): void {
    const { losses, sessions } = this.#parts;
    if (session) losses.gone(sessions.client(session.client), session, reason, introduction?.refusal);
  }

  saidBye(end: LineEnd, story: LineStory, name: CloseName): void {
    this.#parts.verdicts.check(!isFault(name), 'no-protocol-fault', () => `${end.name} says bye: ${name}`);
    const { introduction } = story;
    if (end.side === 'server' && introduction && story.welcome === 'none') {
      this.#parts.admissions.refused(introduction, name);
    }
    const session = story.sessionAt(end);
    if (!session || closeCodes[name].session !== 'ends') return;
    if (end.side === 'client') session.lost ??= name;
    else if (session.attached === end.line) session.ended ??= name;
  }

  heardBye(end: LineEnd, story: LineStory, name: CloseName): void {
    const session = story.introduction?.session;
    if (end.side === 'client') this.dismissed(story, name);
    else if (session && closeCodes[name].session === 'ends') {
      session.ended ??= name;
      if (session.attached === end.line) this.#checkEnds(session);
    }
  }

  /** A client that leaves is gone at once. */
  #checkEnds(session: SessionStory): void {
    soon(() =>
      this.#parts.verdicts.check(
        session.endSeen,
        'window-is-kept',
        () => `the client of ${session.name} said bye, and it goes on`,
      ),
    );
  }

  /** A client is told `bye`, or hears as much from the close of its socket. */
  dismissed(story: LineStory, name: CloseName): void {
    const { losses, sessions, verdicts } = this.#parts;
    const session: SessionStory | undefined = story.session;
    if (story.dismissed) return;
    story.dismissed = true;
    verdicts.check(!isFault(name), 'no-protocol-fault', () => `a client is told ${name}`);
    if (session) losses.dismissed(sessions.client(session.client), session, name);
  }
}
