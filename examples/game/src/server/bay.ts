import {
  BAY,
  type Barrel,
  BOAT_LENGTH,
  type Frame,
  type Hit,
  ISLANDS,
  type Place,
  type Shot,
  TICKS_PER_SECOND,
} from './frame.js';
import { gullHelm } from './gull.js';
import { type Entry, Logbook } from './logbook.js';
import { Vessel } from './vessel.js';

export interface BayEvents {
  frame(frame: Frame): void;
  hit(player: string, hit: Hit): void;
}

interface Flying extends Shot {
  readonly by: Vessel;
  readonly heading: number;
  readonly until: number;
}

interface Boarding {
  readonly vessel: Vessel;
  readonly entry: Entry;
  /** Brings the boat in. */
  leave(): void;
}

const SHOT_SPEED = 460;
const SHOT_TICKS = 24;
const BARRELS = 16;
const GULLS = ['Gull', 'Tern', 'Skua'];

/** The game: what is true happens here. Pages see what was, a moment ago, and ask for what they want. */
export class Bay {
  readonly #vessels = new Map<string, Vessel>();
  readonly #logbook = new Logbook();
  #barrels: Barrel[] = [];
  #shots: Flying[] = [];
  #tick = 0;
  #made = 0;
  #events: BayEvents | undefined;

  constructor() {
    for (const name of GULLS) {
      this.#vessels.set(name, new Vessel({ id: name, name, colour: 0, sailedBy: 'gull' }, placeAtSea()));
    }
    this.#refill();
  }

  get frame(): Frame {
    return {
      tick: this.#tick,
      boats: [...this.#vessels.values()].map(({ boat }) => boat),
      shots: this.#shots.map(({ id, x, y }) => ({ id, x: Math.round(x), y: Math.round(y) })),
      barrels: this.#barrels,
    };
  }

  /** Puts to sea, with what the player had gathered before. */
  board(player: string): Boarding {
    const entry = this.#logbook.entryOf(player);
    const boat = { id: player, name: entry.name, colour: entry.colour, sailedBy: 'player' } as const;
    const vessel = new Vessel(boat, placeAtSea());
    vessel.barrels = entry.barrels;
    vessel.hits = entry.hits.length;
    this.#vessels.set(player, vessel);
    return {
      vessel,
      entry,
      leave: () => {
        if (this.#vessels.get(player) === vessel) this.#vessels.delete(player);
      },
    };
  }

  /** Moves on from now on. The returned function stops that. */
  watch(events: BayEvents): () => void {
    this.#events = events;
    let due = performance.now();
    const timer = setInterval(() => {
      const now = performance.now();
      due = Math.max(due, now - 200);
      for (; due <= now; due += 1_000 / TICKS_PER_SECOND) this.#step(1 / TICKS_PER_SECOND);
    }, 10);
    return () => clearInterval(timer);
  }

  #step(seconds: number): void {
    this.#tick += 1;
    const before = this.frame;
    for (const boat of before.boats) {
      if (boat.sailedBy === 'gull') this.#vessels.get(boat.id)?.obey(gullHelm(boat, before));
    }
    for (const vessel of this.#vessels.values()) {
      vessel.move(seconds);
      this.#fire(vessel);
      this.#gather(vessel);
    }
    this.#shots = this.#shots.flatMap((shot) => this.#fly(shot, seconds));
    this.#events?.frame(this.frame);
  }

  #fire(vessel: Vessel): void {
    const shot = vessel.fire();
    if (shot) this.#shots.push({ ...shot, id: ++this.#made, by: vessel, until: this.#tick + SHOT_TICKS });
  }

  #gather(vessel: Vessel): void {
    const left = this.#barrels.filter((barrel) => !vessel.isWithin(BOAT_LENGTH * 0.6, barrel));
    const caught = this.#barrels.length - left.length;
    if (caught === 0) return;
    this.#barrels = left;
    vessel.barrels += caught;
    this.#logbook.note(vessel);
    this.#refill();
  }

  /** Answers where it is then, or nothing if it is nowhere any more. */
  #fly(shot: Flying, seconds: number): Flying[] {
    const x = shot.x + Math.cos(shot.heading) * SHOT_SPEED * seconds;
    const y = shot.y + Math.sin(shot.heading) * SHOT_SPEED * seconds;
    const victim = [...this.#vessels.values()].find(
      (vessel) => vessel !== shot.by && !vessel.isSpared && vessel.isWithin(BOAT_LENGTH / 2, { x, y }),
    );
    if (victim) this.#hit(victim, shot.by, { x, y });
    const isOver = victim !== undefined || this.#tick > shot.until || isAshore({ x, y }, 0);
    return isOver ? [] : [{ ...shot, x, y }];
  }

  /** What the victim loses floats about. */
  #hit(victim: Vessel, by: Vessel, at: Place): void {
    const lost = victim.beHit();
    for (let barrel = 0; barrel < lost; barrel++) {
      const angle = Math.random() * 2 * Math.PI;
      const place = { x: at.x + Math.cos(angle) * 75, y: at.y + Math.sin(angle) * 75 };
      this.#drop(isAshore(place, 0) ? placeAtSea() : place);
    }
    const hit = { number: victim.hits, by: by.boat.name, lost };
    this.#logbook.note(victim, hit);
    this.#events?.hit(victim.id, hit);
  }

  #refill(): void {
    while (this.#barrels.length < BARRELS) this.#drop(placeAtSea());
  }

  #drop({ x, y }: Place): void {
    this.#barrels.push({ id: ++this.#made, x: Math.round(x), y: Math.round(y) });
  }
}

function placeAtSea(): Place {
  for (;;) {
    const x = 60 + Math.random() * (BAY.width - 120);
    const y = 60 + Math.random() * (BAY.height - 120);
    if (!isAshore({ x, y }, BOAT_LENGTH)) return { x, y };
  }
}

function isAshore({ x, y }: Place, margin: number): boolean {
  const isOutside = x < 0 || y < 0 || x > BAY.width || y > BAY.height;
  return (
    isOutside || ISLANDS.some((island) => Math.hypot(island.x - x, island.y - y) < island.radius + margin)
  );
}
