import { BAY, BOAT_LENGTH, type Boat, FULL_SPEED, type Helm, ISLANDS, type Place } from './frame.js';

const TURN_PER_SECOND = 2.5;
const PULL = 260;
const DRAG = PULL / FULL_SPEED;
const RELOAD_S = 0.7;
/** For so long a boat that was hit does not answer its helm. */
const SHAKEN_S = 0.9;
/** For so long after a hit, and after it was launched, balls miss it. */
const SPARED_S = 4;
/** Without a word from the helm for so long, the sail is let go. */
const SILENCE_S = 1.5;

/** One boat, and whoever is at its helm. */
export class Vessel {
  readonly id: string;
  readonly #name: string;
  readonly #colour: number;
  readonly #sailedBy: Boat['sailedBy'];
  #x: number;
  #y: number;
  #heading: number;
  #speed = 0;
  #helm: Helm = { number: 0, turn: 0, sail: false, fire: false };
  #helms = 0;
  #silence = 0;
  #reloading = 0;
  #shaken = 0;
  #spared = SPARED_S;
  barrels = 0;
  hits = 0;

  constructor(boat: Pick<Boat, 'id' | 'name' | 'colour' | 'sailedBy'>, berth: Place) {
    this.id = boat.id;
    this.#name = boat.name;
    this.#colour = boat.colour;
    this.#sailedBy = boat.sailedBy;
    this.#x = berth.x;
    this.#y = berth.y;
    this.#heading = Math.atan2(BAY.height / 2 - berth.y, BAY.width / 2 - berth.x);
  }

  get boat(): Boat {
    return {
      id: this.id,
      name: this.#name,
      colour: this.#colour,
      sailedBy: this.#sailedBy,
      x: rounded(this.#x),
      y: rounded(this.#y),
      heading: Math.round(this.#heading * 1_000) / 1_000,
      speed: rounded(this.#speed),
      barrels: this.barrels,
      hits: this.hits,
      spared: this.isSpared,
      helm: this.#helm.number,
      helms: this.#helms,
    };
  }

  obey(helm: Helm): void {
    this.#helm = helm;
    this.#helms += 1;
    this.#silence = 0;
  }

  move(seconds: number): void {
    this.#silence += seconds;
    this.#reloading = Math.max(0, this.#reloading - seconds);
    this.#shaken = Math.max(0, this.#shaken - seconds);
    this.#spared = Math.max(0, this.#spared - seconds);
    const minded = this.#shaken === 0 && this.#silence < SILENCE_S;
    const { turn, sail } = minded ? this.#helm : { turn: 0, sail: false };
    const steerage = 0.35 + 0.65 * Math.min(1, this.#speed / FULL_SPEED);
    this.#heading += (this.#shaken > 0 ? 5 : turn * TURN_PER_SECOND * steerage) * seconds;
    this.#speed += ((sail ? PULL : 0) - DRAG * this.#speed) * seconds;
    this.#x += Math.cos(this.#heading) * this.#speed * seconds;
    this.#y += Math.sin(this.#heading) * this.#speed * seconds;
    this.#keepOffShore();
  }

  /** Where the ball leaves the bow, if the gun is loaded and the lanyard pulled. */
  fire(): (Place & { readonly heading: number }) | undefined {
    if (!this.#helm.fire || this.#reloading > 0 || this.#silence > SILENCE_S) return undefined;
    this.#reloading = RELOAD_S;
    const [x, y] = [Math.cos(this.#heading), Math.sin(this.#heading)];
    return { x: this.#x + x * BOAT_LENGTH, y: this.#y + y * BOAT_LENGTH, heading: this.#heading };
  }

  get isSpared(): boolean {
    return this.#spared > 0;
  }

  isWithin(metres: number, { x, y }: Place): boolean {
    return Math.hypot(x - this.#x, y - this.#y) < metres;
  }

  /** Answers how many barrels went overboard. */
  beHit(): number {
    const lost = Math.min(3, this.barrels);
    this.barrels -= lost;
    this.hits += 1;
    this.#shaken = SHAKEN_S;
    this.#spared = SPARED_S;
    this.#speed *= 0.3;
    return lost;
  }

  #keepOffShore(): void {
    const margin = BOAT_LENGTH / 2;
    this.#x = Math.min(BAY.width - margin, Math.max(margin, this.#x));
    this.#y = Math.min(BAY.height - margin, Math.max(margin, this.#y));
    for (const { x, y, radius } of ISLANDS) {
      const away = Math.hypot(this.#x - x, this.#y - y);
      const least = radius + margin;
      if (away >= least || away === 0) continue;
      this.#x = x + ((this.#x - x) * least) / away;
      this.#y = y + ((this.#y - y) * least) / away;
      this.#speed *= 0.96;
    }
  }
}

const rounded = (value: number): number => Math.round(value * 10) / 10;
