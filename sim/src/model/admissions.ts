import type { CloseName } from '@hawser/core';
import { closeCodes } from '@hawser/core';
import type { Plan } from '../plan.ts';
import type { Introduction } from './introduction.ts';
import type { Verdicts } from './verdicts.ts';

/** What the periods of sweeps add to a session's time at most. */
const sweepsMs = 2500;

/** Judges whom a server lets in. */
export class Admissions {
  readonly #plan: Plan;
  readonly #verdicts: Verdicts;

  constructor(plan: Plan, verdicts: Verdicts) {
    this.#plan = plan;
    this.#verdicts = verdicts;
  }

  /** The server made a context for a `hello`: it may take the session in, be the socket alive or not. */
  made(introduction: Introduction, user: string | undefined): void {
    const { session, hello, line, over } = introduction;
    const { machine, state } = line.server;
    if (over || hello.dial <= (session.admitted?.hello.dial ?? 0)) return;
    if (session.acceptedBy === machine && session.user !== user) {
      introduction.refusal = 'forbidden';
      return;
    }
    session.admitted = introduction;
    if (hello.mode === 'resume') session.resumedWith(hello.received);
    session.acceptedBy = machine;
    session.user = user;
    if (state === 'open') return;
    const now = machine.now();
    // One that is attached is fenced now, and detached by that.
    if (!session.attached) session.detach(now, introduction.closedCleanly);
    // A dial that took longer than a handshake may is void; nobody is left to be told so.
    session.doubtful = now - introduction.at >= this.#plan.handshakeMs;
  }

  /** The socket of a dial is gone; one that was let in has had no `welcome` on it. */
  orphaned(introduction: Introduction, clean: boolean): void {
    const { session, line } = introduction;
    introduction.closedCleanly = clean;
    const letIn = session.admitted === introduction && !introduction.over;
    if (letIn && !session.attached) session.detach(line.server.machine.now(), clean);
  }

  /** The context of a `hello` failed on purpose. */
  failed(introduction: Introduction, name: CloseName): void {
    introduction.refusal = name;
  }

  /** The server says `welcome`. */
  welcomed(introduction: Introduction): void {
    const { session, refusal } = introduction;
    this.#verdicts.check(
      refusal === undefined,
      'identity-is-kept',
      () => `${session.name} is welcomed, and was to be refused: ${refusal}`,
    );
    this.#verdicts.check(
      !session.endSeen,
      'window-is-kept',
      () => `${session.name} is welcomed, and has ended`,
    );
    this.#checkTime(introduction);
  }

  /** A dial that came after the session's time is not let in, if its server was awake to see to that. */
  #checkTime({ session, line, at }: Introduction): void {
    const { attached, absentSince, closedCleanly, doubtful } = session;
    const { handshakeMs, announced, constants } = this.#plan;
    if (attached || doubtful || absentSince === undefined || line.server.machine.wokeAt > absentSince) return;
    const lasts = closedCleanly ? Math.min(announced.window, constants.cleanCloseWindow) : announced.window;
    this.#verdicts.check(
      at - absentSince <= lasts + handshakeMs + sweepsMs,
      'window-is-kept',
      () => `${session.name} is resumed after ${at - absentSince} ms`,
    );
  }

  /** The server says `bye` in answer to a `hello`. */
  refused(introduction: Introduction, name: CloseName): void {
    introduction.over = true;
    // The context was made, and the dial not let in all the same.
    if (introduction.session.admitted === introduction) introduction.session.doubtful = true;
    this.#verdicts.check(
      closeCodes[name].client !== 'wait' || introduction.refusal === name,
      'no-rejection-without-cause',
      () => `${introduction.session.name} is refused: ${name}`,
    );
  }
}
