import type { Surface } from '../../../shared/src/page/surface.js';
import { BOAT_LENGTH, type Boat, type Place, type Shot } from '../server/frame.js';

interface Foam extends Place {
  readonly at: number;
}

interface Shots {
  readonly before: readonly Shot[];
  readonly now: readonly Shot[];
}

const FOAM_MS = 2_200;
const SPLASH_MS = 500;
/** A longer leap between two drawings is no way. */
const LEAP = 90;

/** What boats and balls leave on the water. It is only drawn: the server knows nothing of it. */
export class Wakes {
  readonly #foam = new Map<string, Foam[]>();
  #splashes: Foam[] = [];
  #seen: readonly Shot[] = [];

  draw(surface: Surface, boats: readonly Boat[], at: number): void {
    for (const boat of boats) {
      const { x, y } = astern(boat);
      const foam = (this.#foam.get(boat.id) ?? []).filter((spot) => at - spot.at < FOAM_MS);
      const last = foam.at(-1);
      if (last && Math.hypot(last.x - x, last.y - y) > LEAP) foam.length = 0;
      foam.push({ x, y, at });
      this.#foam.set(boat.id, foam);
      drawFoam(surface, foam, at);
    }
    for (const id of this.#foam.keys()) if (!boats.some((boat) => boat.id === id)) this.#foam.delete(id);
  }

  /** Balls, and rings where some are no more. */
  drawShots({ pen, ink }: Surface, { before, now }: Shots, at: number): void {
    const gone = this.#seen.filter(({ id }) => !now.some((shot) => shot.id === id));
    this.#seen = now;
    this.#splashes = [
      ...this.#splashes.filter((splash) => at - splash.at < SPLASH_MS),
      ...gone.map(({ x, y }) => ({ x, y, at })),
    ];
    pen.strokeStyle = ink('ink');
    pen.lineCap = 'round';
    pen.lineWidth = 6;
    for (const { id, x, y } of now) {
      const from = before.find((shot) => shot.id === id) ?? { x, y };
      pen.beginPath();
      pen.moveTo(from.x, from.y);
      pen.lineTo(x, y);
      pen.stroke();
    }
    pen.lineCap = 'butt';
    pen.strokeStyle = ink('cut');
    pen.lineWidth = 3;
    for (const splash of this.#splashes) {
      const age = (at - splash.at) / SPLASH_MS;
      pen.globalAlpha = 1 - age;
      pen.beginPath();
      pen.arc(splash.x, splash.y, 6 + 26 * age, 0, 2 * Math.PI);
      pen.stroke();
    }
    pen.globalAlpha = 1;
  }
}

function astern({ x, y, heading }: Boat): Place {
  return { x: x - (Math.cos(heading) * BOAT_LENGTH) / 2, y: y - (Math.sin(heading) * BOAT_LENGTH) / 2 };
}

/** Wider and fainter, the older it is. */
function drawFoam({ pen, ink }: Surface, foam: readonly Foam[], at: number): void {
  pen.strokeStyle = ink('sea');
  for (let index = 1; index < foam.length; index++) {
    const [from, to] = [foam[index - 1], foam[index]];
    if (!from || !to) continue;
    const age = (at - to.at) / FOAM_MS;
    pen.globalAlpha = 0.4 * (1 - age) ** 2;
    pen.lineWidth = 4 + age * 26;
    pen.beginPath();
    pen.moveTo(from.x, from.y);
    pen.lineTo(to.x, to.y);
    pen.stroke();
  }
  pen.globalAlpha = 1;
}
