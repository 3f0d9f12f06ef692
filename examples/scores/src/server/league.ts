import { chanceOf } from './chance.js';
import { fixturesOf, playerOf } from './fixtures.js';
import type { Incident, News, Table, Time } from './news.js';

/** A minute of play lasts so many ms; fewer while time flies. */
const MINUTE_MS = 1_000;
const FLYING_MINUTE_MS = 15;

const FULL_TIME = 90;
const NEXT_ROUND = 100;

/** What happens in a minute of a match, by its likelihood. */
const kinds: readonly (readonly [kind: Incident['kind'], likelihood: number])[] = [
  ['goal', 0.034],
  ['post', 0.04],
  ['yellow', 0.042],
  ['red', 0.004],
];

export interface LeagueListener {
  news(news: News): void;
  time(time: Time): void;
}

/** The world outside: four matches at a time, one round after the other, whether a server tells of them or not. */
export class League {
  /** Who is told of the news. */
  listener: LeagueListener | undefined;
  #table: Table = { type: 'table', seq: 0, round: 0, fixtures: [], incidents: [] };
  #minute = 0;
  #flying = 0;
  #timer: NodeJS.Timeout | undefined;
  #chance = chanceOf(0);

  constructor() {
    this.#beginRound();
    this.#schedule();
  }

  get table(): Table {
    return this.#table;
  }

  get time(): Time {
    return { round: this.#table.round, minute: Math.min(this.#minute, FULL_TIME) };
  }

  /** So many minutes of play go by in no time. */
  fly(minutes: number): void {
    this.#flying = minutes;
    this.#schedule();
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    const ms = this.#flying > 0 ? FLYING_MINUTE_MS : MINUTE_MS;
    // The world does not keep a process alive.
    this.#timer = setTimeout(() => this.#nextMinute(), ms).unref();
  }

  #nextMinute(): void {
    this.#flying = Math.max(0, this.#flying - 1);
    this.#minute += 1;
    if (this.#minute > NEXT_ROUND) this.#beginRound();
    else if (this.#minute <= FULL_TIME) this.#play();
    this.listener?.time(this.time);
    this.#schedule();
  }

  #beginRound(): void {
    const { seq, round } = this.#table;
    const next = { seq: seq + 1, round: round + 1, fixtures: fixturesOf(round) };
    this.#minute = 0;
    this.#chance = chanceOf(next.round);
    this.#table = { type: 'table', ...next, incidents: [] };
    this.listener?.news({ type: 'round', ...next });
  }

  #play(): void {
    for (const match of this.#table.fixtures.keys()) {
      const kind = kindOf(this.#chance());
      if (kind) this.#happen(match, kind);
    }
  }

  #happen(match: number, kind: Incident['kind']): void {
    const side = this.#chance() < 0.53 ? 'home' : 'away';
    const player = playerOf(this.#chance());
    const seq = this.#table.seq + 1;
    const incident: Incident = { type: 'incident', seq, match, minute: this.#minute, kind, side, player };
    this.#table = { ...this.#table, seq, incidents: [...this.#table.incidents, incident] };
    this.listener?.news(incident);
  }
}

function kindOf(chance: number): Incident['kind'] | undefined {
  let below = 0;
  for (const [kind, likelihood] of kinds) {
    below += likelihood;
    if (chance < below) return kind;
  }
  return undefined;
}
