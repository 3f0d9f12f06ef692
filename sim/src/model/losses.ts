import type { CloseName } from '@hawser/core';
import { closeCodes } from '@hawser/core';
import type { Machine } from '../loop/machine.ts';
import type { Plan } from '../plan.ts';
import type { ClientStory, SessionStory } from './session-story.ts';
import type { Verdicts } from './verdicts.ts';

/** Words that only a peer with a fault needs. */
const faults: ReadonlySet<string> = new Set([
  'malformed',
  'miscount',
  'unexpected',
  'bad-id',
  'too-many',
  'too-large',
  'not-hawser',
] satisfies (CloseName | 'not-hawser')[]);

const refusals: ReadonlySet<string> = new Set([
  'bad-request',
  'unauthorized',
  'forbidden',
] satisfies CloseName[]);

/** Resumes in a row that brought nothing, after which a session may be given up. */
const mostIdle = 10;

/** What rounding and a sweep may take off a time. */
const tolerance = 1;

export function isFault(word: string): boolean {
  return faults.has(word);
}

/** Decides whether what a client is told about its session has a cause in what the world did. */
export class Losses {
  readonly #plan: Plan;
  readonly #verdicts: Verdicts;
  /** The server that runs now. */
  server: Machine | undefined;
  /** A server has closed in good order. */
  closing = false;

  constructor(plan: Plan, verdicts: Verdicts) {
    this.#plan = plan;
    this.#verdicts = verdicts;
  }

  /** The client hears that there is nothing to resume. */
  gone(client: ClientStory, session: SessionStory, reason: string, refusal: CloseName | undefined): void {
    if (reason === 'refused') client.names++;
    this.#lose(client, session, reason, this.#isGone(session, reason, refusal));
  }

  /** The client hears `bye`, or a close that says as much. Answers whether its session is over. */
  dismissed(client: ClientStory, session: SessionStory, name: CloseName): void {
    if (refusals.has(name)) {
      client.refusals++;
      if (!session.welcomeHeard || name === 'forbidden') this.#lose(client, session, name, true);
    } else if (closeCodes[name].session === 'ends') {
      this.#lose(client, session, name, this.#isEnded(session, name));
    }
  }

  /** Without a window, each socket that a client loses takes its session with it. */
  dropped(client: ClientStory): void {
    if (this.#plan.announced.window === 0) client.losses++;
  }

  /** The client introduces another session in place of this one. */
  replaced(session: SessionStory): void {
    this.#verdicts.check(
      session.lost !== undefined || this.#plan.announced.window === 0,
      'no-loss-without-cause',
      () => `client ${session.client} gave up ${session.name} without a word from anybody`,
    );
  }

  /** The server has ended a session: was it time? */
  endSeen(session: SessionStory): void {
    session.endSeen = true;
    this.#verdicts.check(
      this.mayHaveEnded(session),
      'no-loss-without-cause',
      () => `the server ended ${session.name} without a cause`,
    );
  }

  /** Whether a server can have ended a session by now. */
  mayHaveEnded(session: SessionStory): boolean {
    // One that was never let in ends with the last of its dials, whoever saw its context made.
    if (session.acceptedBy === undefined || this.#endedAtOnce(session)) return true;
    const { window } = this.#plan.announced;
    return window === 0 ? !session.attached : this.#expired(session);
  }

  /** Whether, to its client, a session can be over by now. */
  mayBeLost(session: SessionStory, client: ClientStory): boolean {
    return session.lost !== undefined || client.closed || this.#plan.announced.window === 0;
  }

  #isGone(session: SessionStory, reason: string, refusal: CloseName | undefined): boolean {
    const known = session.acceptedBy !== undefined && session.acceptedBy === this.server;
    switch (reason) {
      case 'expired':
        return !known || session.doubtful || this.#expired(session);
      case 'evicted':
        return this.#tight;
      case 'ended':
        return !known || this.#endedAtOnce(session);
      case 'restarted':
        // Without a window nothing is remembered, and a client that never heard the welcome names the server before.
        return !known || (this.#plan.announced.window === 0 && !session.welcomeHeard);
      case 'not-opened':
        return session.acceptedBy === undefined || session.doubtful;
      case 'refused':
        return refusal === 'forbidden';
      case 'off':
        return this.#plan.announced.window === 0;
      default:
        return false;
    }
  }

  #isEnded(session: SessionStory, name: CloseName): boolean {
    switch (name) {
      case 'going-away':
        return this.closing;
      case 'ended':
        return session.ended === name;
      case 'overflow':
        return this.#tight || this.#mayOverflow;
      case 'stuck':
        return isStuck(session);
      default:
        return false;
    }
  }

  /** Whether the server may have to let go of sessions for want of room. */
  get #tight(): boolean {
    const { bytes, absentSessions } = this.#plan.keeping;
    return bytes < 1_000_000 || absentSessions < 1_000;
  }

  /** Whether it can have ended without a time to wait. */
  #endedAtOnce(session: SessionStory): boolean {
    const noticed = session.ended !== undefined || session.doubtful || isStuck(session);
    return noticed || this.#tight || this.#mayOverflow;
  }

  /** Whether answers that nobody takes may pass their bound. */
  get #mayOverflow(): boolean {
    return this.#plan.constants.answerBytes < 1_000_000 || this.#plan.announced.valueBytes < 1_000_000;
  }

  #expired(session: SessionStory): boolean {
    if (session.attached || !this.server) return false;
    const { window } = this.#plan.announced;
    const lasts = session.closedCleanly ? Math.min(window, this.#plan.constants.cleanCloseWindow) : window;
    return this.server.now() - (session.absentSince ?? 0) >= lasts - tolerance;
  }

  #lose(client: ClientStory, session: SessionStory, word: string, caused: boolean): void {
    client.losses++;
    session.lost ??= word;
    this.#verdicts.check(
      caused && !faults.has(word),
      'no-loss-without-cause',
      () => `client ${client.number} is told that ${session.name} is lost: ${word}`,
    );
  }
}

function isStuck({ idleResumes }: SessionStory): boolean {
  return idleResumes >= mostIdle;
}
