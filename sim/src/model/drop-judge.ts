import { soon } from '../loop/event-loop.ts';
import type { LineEnd } from '../network/line-end.ts';
import type { Plan } from '../plan.ts';
import type { LineStory } from './line-story.ts';
import type { SessionStory } from './session-story.ts';
import type { Verdicts } from './verdicts.ts';

/** Silence that earns an end the right to call its line dead, however it was measured. */
const shortestGrace = 3000;

/** What the periods of sweeps add to the silence after which a line is dropped, at most. */
const sweepsMs = 2500;

/** Judges whether sockets are dropped when they have to be, and only then. */
export class DropJudge {
  readonly #plan: Plan;
  readonly #verdicts: Verdicts;

  constructor(plan: Plan, verdicts: Verdicts) {
    this.#plan = plan;
    this.#verdicts = verdicts;
  }

  /** An end drops a socket that carries a session: is it replaced, or was it silent? */
  dropped(end: LineEnd, story: LineStory): void {
    const heardAt = story.heardAt[end.side];
    const silence = end.machine.now() - heardAt;
    const { pongGrace } = this.#plan.constants;
    // A probe has a grace of its own.
    const longest = this.#plan.announced.heartbeat + Math.max(pongGrace, shortestGrace) + sweepsMs;
    this.#verdicts.check(
      silence <= longest || end.machine.wokeAt >= heardAt || this.#isReplaced(end, story),
      'silence-is-found',
      () => `${end.name} dropped its socket after ${silence} ms of silence`,
    );
    if (silence >= Math.min(shortestGrace, pongGrace) - 1) return;
    // In the same step, or never, its successor was let in.
    soon(() =>
      this.#verdicts.check(
        this.#isReplaced(end, story),
        'no-drop-without-cause',
        () => `${end.name} dropped its socket, which had spoken ${silence} ms before`,
      ),
    );
  }

  /** A session is served on another line than before: whoever replaces a socket silences it in the same step. */
  replaced({ name }: SessionStory, { server }: LineStory['line']): void {
    soon(() =>
      this.#verdicts.check(
        server.state !== 'open' || !server.machine.running,
        'one-socket',
        () => `${name} was resumed on another line, and still listens on ${server.name}`,
      ),
    );
  }

  #isReplaced(end: LineEnd, { introduction }: LineStory): boolean {
    if (!introduction || end.side === 'client') return false;
    const { admitted } = introduction.session;
    return this.#plan.announced.window === 0 || admitted !== introduction;
  }
}
