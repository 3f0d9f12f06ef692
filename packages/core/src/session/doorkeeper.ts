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

/** Decides about dials, and carries out the messages of the sessions it let in. `R` is the adapter's request. */
export interface Doorkeeper<R> {
  /** A session is being opened: called once for each, before `admit`. Sets the session's handler. */
  created(session: Session): void;
  /** Called for each dial of a session. Never rejects. */
  admit(session: Session, request: R, params: JsonObject): Promise<Admission>;
  /** Runs about every second while there are sessions. */
  swept(now: number): void;
}
