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

/** Decides about the dials of one session. `R` is the adapter's request. */
export interface Doorkeeper<R> {
  /** Called for each of them. Never rejects. */
  admit(request: R, params: JsonObject): Promise<Admission>;
}

/** Carries out what sessions are for. */
export interface SessionHost<R> {
  /** A session is being opened: called once for each. Sets the session's handler. */
  created(session: Session): Doorkeeper<R>;
  /** Runs about every second while there are sessions. */
  swept(now: number): void;
}
