import { BAY, type Boat, type Frame, type Helm, ISLANDS, type Place } from './frame.js';

/** Within so many metres a player is worth more to them than a barrel. */
const TEMPER: Readonly<Record<string, number>> = { Gull: 300, Tern: 500, Skua: Number.POSITIVE_INFINITY };

/** How a boat without a player is sailed: to the nearest barrel, round the islands, firing at what is ahead. */
export function gullHelm(boat: Boat, { boats, barrels }: Frame): Helm {
  const reach = TEMPER[boat.name] ?? 0;
  const prey = nearest(
    boat,
    boats.filter((other) => other.sailedBy === 'player' && !other.spared && distance(boat, other) < reach),
  );
  const goal = prey ?? nearest(boat, barrels) ?? { x: BAY.width / 2, y: BAY.height / 2 };
  const turn = Math.max(-1, Math.min(1, angleTo(boat, goal) * 2 + shyness(boat)));
  const isFree = distance(boat, goal) > (prey ? 160 : 40);
  const fire = boats.some(
    (other) => other !== boat && distance(boat, other) < 300 && Math.abs(angleTo(boat, other)) < 0.1,
  );
  return { number: boat.helm + 1, turn, sail: isFree || boat.speed < 60, fire };
}

/** To turn by, away from the islands that are ahead. */
function shyness(boat: Boat): number {
  let turn = 0;
  for (const island of ISLANDS) {
    const off = distance(boat, island) - island.radius;
    const angle = angleTo(boat, island);
    if (off < 130 && Math.abs(angle) < 1.3) turn -= (Math.sign(angle) || 1) * (3 - off / 60);
  }
  return turn;
}

function nearest(from: Place, places: readonly Place[]): Place | undefined {
  return places.reduce<Place | undefined>(
    (best, place) => (best && distance(from, best) <= distance(from, place) ? best : place),
    undefined,
  );
}

function distance(a: Place, b: Place): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

/** Off the bow, from -π to π. */
function angleTo(boat: Boat, place: Place): number {
  const angle = Math.atan2(place.y - boat.y, place.x - boat.x) - boat.heading;
  return Math.atan2(Math.sin(angle), Math.cos(angle));
}
