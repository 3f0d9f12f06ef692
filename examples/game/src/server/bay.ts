import { BAY, BOAT_LENGTH, type Frame, type Place, TICKS_PER_SECOND } from './frame.js';
import { gullHelm } from './gull.js';
import { type Crew, Vessel } from './vessel.js';

const BARRELS = 12;
const GULLS = ['Gull', 'Tern', 'Skua'];
const NAMES = ['Petrel', 'Curlew', 'Dunlin', 'Fulmar', 'Plover', 'Halcyon', 'Merganser', 'Kittiwake'];

/** The game: what is true happens here. Pages see what was, a moment ago, and ask for what they want. */
export class Bay {
  /** Who is told of each frame. */
  listener: ((frame: Frame) => void) | undefined;
  readonly #vessels = new Map<string, Vessel>();
  #barrels = Array.from({ length: BARRELS }, placeAtSea);
  #tick = 0;

  constructor() {
    for (const name of GULLS) {
      const gull = new Vessel({ id: name, name, player: 0 }, placeAtSea());
      this.#vessels.set(name, gull);
      gull.putToSea({ hit: () => {} });
    }
    // The sea does not keep a process alive.
    setInterval(() => this.#step(1 / TICKS_PER_SECOND), 1_000 / TICKS_PER_SECOND).unref();
  }

  /** The player's own boat, with all that it had gathered before. */
  board(player: string, crew: Crew): Vessel {
    const vessel = this.#vessels.get(player) ?? this.#build(player);
    vessel.putToSea(crew);
    return vessel;
  }

  /** Brings the boat in, unless it has another crew by now. */
  leave(vessel: Vessel, crew: Crew): void {
    if (vessel.crew === crew) vessel.crew = undefined;
  }

  #build(id: string): Vessel {
    const player = this.#vessels.size - GULLS.length + 1;
    const round = Math.ceil(player / NAMES.length);
    const name = `${NAMES[(player - 1) % NAMES.length]}${round > 1 ? ` ${round}` : ''}`;
    const vessel = new Vessel({ id, name, player }, placeAtSea());
    this.#vessels.set(id, vessel);
    return vessel;
  }

  #step(seconds: number): void {
    const before = this.#frame;
    const vessels = this.#atSea;
    for (const vessel of vessels) {
      if (vessel.boat.player === 0) vessel.obey(gullHelm(vessel.boat, before));
      vessel.move(seconds);
      this.#gather(vessel);
      const victim = vessels.find((other) => vessel.hasRammed(other));
      if (victim) vessel.gain(victim.beHit(vessel.boat.name).lost);
    }
    this.#tick += 1;
    this.listener?.(this.#frame);
  }

  #gather(vessel: Vessel): void {
    this.#barrels = this.#barrels.map((barrel) => {
      if (!vessel.reaches(barrel)) return barrel;
      vessel.gain(1);
      return placeAtSea();
    });
  }

  get #atSea(): Vessel[] {
    return [...this.#vessels.values()].filter(({ crew }) => crew !== undefined);
  }

  get #frame(): Frame {
    return { tick: this.#tick, boats: this.#atSea.map(({ boat }) => boat), barrels: this.#barrels };
  }
}

function placeAtSea(): Place {
  const between = (shore: number): number =>
    Math.round(BOAT_LENGTH + Math.random() * (shore - 2 * BOAT_LENGTH));
  return { x: between(BAY.width), y: between(BAY.height) };
}
