import { BAY, BOAT_LENGTH, type Boat, FULL_SPEED, type Helm, type Hit, type Place } from './frame.js';

/** Whoever has the helm. */
export interface Crew {
  /** The boat was hit. */
  hit(hit: Hit): void;
}

const TURN_PER_SECOND = 2.5;
const PULL = 240;
const DRAG = PULL / FULL_SPEED;
/** Without a word from the helm for so long, the sail is let go. */
const SILENCE_S = 1.5;
const SPARED_S = 4;

/** One boat. It is in port while it has no crew. */
export class Vessel {
  /** All of them, oldest first. */
  readonly hits: Hit[] = [];
  crew: Crew | undefined;
  #boat: Boat;
  #helm = { turn: 0, sail: false };
  #silence = 0;
  #spared = 0;

  constructor(boat: Pick<Boat, 'id' | 'name' | 'player'>, berth: Place) {
    const still = { heading: 0, speed: 0, barrels: 0, hits: 0, spared: true, helm: 0, helms: 0 };
    this.#boat = { ...boat, ...berth, ...still };
  }

  get boat(): Boat {
    return this.#boat;
  }

  putToSea(crew: Crew): void {
    this.crew = crew;
    this.#spared = SPARED_S;
    this.#change({ helm: 0, helms: 0 });
  }

  obey({ number, ...helm }: Helm): void {
    this.#helm = helm;
    this.#silence = 0;
    this.#change({ helm: number, helms: this.#boat.helms + 1 });
  }

  move(seconds: number): void {
    this.#silence += seconds;
    this.#spared -= seconds;
    const { turn, sail } = this.#silence < SILENCE_S ? this.#helm : { turn: 0, sail: false };
    const steerage = 0.35 + (0.65 * this.#boat.speed) / FULL_SPEED;
    const heading = this.#boat.heading + turn * TURN_PER_SECOND * steerage * seconds;
    const speed = this.#boat.speed + ((sail ? PULL : 0) - DRAG * this.#boat.speed) * seconds;
    this.#change({
      heading: rounded(heading),
      speed: rounded(speed),
      x: within(this.#boat.x + Math.cos(heading) * speed * seconds, BAY.width),
      y: within(this.#boat.y + Math.sin(heading) * speed * seconds, BAY.height),
      spared: this.#spared > 0,
    });
  }

  reaches({ x, y }: Place): boolean {
    return Math.hypot(x - this.#boat.x, y - this.#boat.y) < BOAT_LENGTH * 0.6;
  }

  /** The faster one hits the slower one. */
  hasRammed({ boat }: Vessel): boolean {
    return this.#boat.speed > boat.speed && !boat.spared && this.reaches(boat);
  }

  gain(barrels: number): void {
    this.#change({ barrels: this.#boat.barrels + barrels });
  }

  beHit(by: string): Hit {
    const hit = { number: this.hits.length + 1, by, lost: Math.min(3, this.#boat.barrels) };
    this.hits.push(hit);
    this.#spared = SPARED_S;
    this.#change({ hits: hit.number, barrels: this.#boat.barrels - hit.lost, speed: 0, spared: true });
    this.crew?.hit(hit);
    return hit;
  }

  #change(change: Partial<Boat>): void {
    this.#boat = { ...this.#boat, ...change };
  }
}

function within(at: number, shore: number): number {
  return rounded(Math.min(shore - BOAT_LENGTH, Math.max(BOAT_LENGTH, at)));
}

/** Frames are sent often. */
const rounded = (value: number): number => Math.round(value * 100) / 100;
