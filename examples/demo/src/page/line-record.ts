import type { Connection, ConnectionStatus } from '@hawser/client';
import { Meter } from './meter.js';
import { SequenceAudit } from './sequence-audit.js';
import { Store } from './store.js';

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
  readonly received = new Meter();
  readonly samples = new SequenceAudit();
  readonly chat = new SequenceAudit();
  readonly status: Store<ConnectionStatus>;
  readonly events = new Store<readonly LineEvent[]>([]);
  /** When the line went, by `performance.now()`. */
  readonly cuts: number[] = [];
  gaps = 0;
  reconnects = 0;
  #hasBeenOpen = false;

  constructor(connection: Connection) {
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
    if (status.state === 'open') this.#opened();
    else if (before === 'open') this.#left(status);
    else if (status.state === 'waiting') this.note('note', `No answer yet (${reasonOf(status)})`);
  }

  #opened(): void {
    if (!this.#hasBeenOpen) {
      this.#hasBeenOpen = true;
      this.note('good', 'Line open');
      return;
    }
    this.reconnects += 1;
    const away = performance.now() - (this.lastCut ?? 0);
    this.note('good', `Back after ${Math.round(away)} ms`);
  }

  #left(status: ConnectionStatus): void {
    this.cuts.push(performance.now());
    this.note('bad', `Line cut (${reasonOf(status)})`);
  }
}

function reasonOf({ state, reason }: ConnectionStatus): string {
  return reason ?? state;
}
