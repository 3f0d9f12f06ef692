import type { CloseName } from '../wire/close-codes.js';
import type { JsonObject } from '../wire/control.js';
import type { Session } from './session.js';

/** A dial that may have its session. */
export interface Admitted {
  readonly admitted: true;
  /** Who dialled, where the application says so: a session is never handed to another. */
  readonly identity: string | undefined;
  /** Lets later calls see what the dial brought; it runs only if the dial is accepted after all. */
  readonly commit: () => void;
}

/** The answer of whoever decides about a dial. */
export type Admission =
  | Admitted
  | { readonly admitted: false; readonly name: CloseName; readonly error: unknown };

/** Carries out the messages of one session, and decides about its dials. */
export interface Guest<R> {
  /** Called for each dial of its session. Never rejects. */
  admit(request: R, params: JsonObject): Promise<Admission>;
}

/** Lets sessions in. `R` is the adapter's request. */
export interface Doorkeeper<R> {
  /** A session is being opened: called once for each. Sets the session's handler. */
  created(session: Session): Guest<R>;
  /** Runs about every second while there are sessions. */
  swept(now: number): void;
}
