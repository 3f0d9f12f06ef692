import type { Connection, ConnectionStatus } from '@hawser/client';
import { Store } from '../../../shared/src/page/store.js';
import type { SessionFacts } from '../server/sessions.js';
import type { Api } from './line.js';
import { SequenceAudit } from './sequence-audit.js';

export interface LineEvent {
  readonly id: number;
  readonly at: Date;
  readonly kind: 'good' | 'bad' | 'note';
  readonly text: string;
  /** How often it happened in a row. */
  readonly times: number;
}

const KEEP_EVENTS = 60;

/** What happened to the line, as this page saw it. */
export class LineRecord {
  readonly samples = new SequenceAudit();
  readonly chat = new SequenceAudit();
  readonly status: Store<ConnectionStatus>;
  readonly events = new Store<readonly LineEvent[]>([]);
  /** When the line went, by `performance.now()`. */
  readonly cuts: number[] = [];
  received = 0;
  gaps = 0;
  resumes = 0;
  /** The session that the line carries, and when it began, by `performance.now()`. */
  session: { readonly id: string; readonly since: number } | undefined;
  readonly #api: Api;

  constructor(connection: Connection, api: Api) {
    this.#api = api;
    this.status = new Store(connection.status);
    connection.subscribe((status) => this.#follow(status));
  }

  get repeats(): number {
    return this.samples.repeats + this.chat.repeats;
  }

  get lastCut(): number | undefined {
    return this.cuts.at(-1);
  }

  gap(stream: string, reason: string): void {
    this.gaps += 1;
    this.note('bad', `Gap in the ${stream}: ${reason}`);
  }

  note(kind: LineEvent['kind'], text: string): void {
    const [newest, ...older] = this.events.value;
    const again = newest?.text === text;
    const id = (newest?.id ?? 0) + (again ? 0 : 1);
    const event = { id, at: new Date(), kind, text, times: again ? newest.times + 1 : 1 };
    const before = again || newest === undefined ? older : [newest, ...older];
    this.events.set([event, ...before.slice(0, KEEP_EVENTS - 1)]);
  }

  #follow(status: ConnectionStatus): void {
    const before = this.status.value.state;
    this.status.set(status);
    if (status.state === before) return;
    if (status.state === 'open') void this.#opened();
    else if (before === 'open') this.#left(status);
    else if (status.state === 'waiting') this.note('note', `No answer yet (${reasonOf(status)})`);
  }

  /** Whether the session is still the one that it was, only the server can say. */
  async #opened(): Promise<void> {
    const away = performance.now() - (this.lastCut ?? 0);
    const facts = await this.#api.session.query().catch(() => undefined);
    if (facts) this.#carries(facts, away);
  }

  #carries({ id, ageMs }: SessionFacts, awayMs: number): void {
    const away = awayMs < 1000 ? `${Math.round(awayMs)} ms` : `${(awayMs / 1000).toFixed(1)} s`;
    const before = this.session?.id;
    if (before === id) {
      this.resumes += 1;
      this.note('good', `Resumed after ${away}`);
      return;
    }
    this.session = { id, since: performance.now() - ageMs };
    if (before === undefined) this.note('good', 'A session began');
    else this.note('bad', `Session lost; another began after ${away}`);
  }

  #left(status: ConnectionStatus): void {
    this.cuts.push(performance.now());
    this.note('bad', `Line cut (${reasonOf(status)})`);
  }
}

function reasonOf({ state, reason }: ConnectionStatus): string {
  return reason ?? state;
}
