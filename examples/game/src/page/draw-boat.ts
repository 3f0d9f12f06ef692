import type { Surface } from '../../../shared/src/page/surface.js';
import { BOAT_LENGTH, type Boat, FULL_SPEED } from '../server/frame.js';
import { colourOf } from './colours.js';

const HALF = BOAT_LENGTH / 2;
const BEAM = BOAT_LENGTH * 0.17;

/** A hull from above, and sails that fill with the speed. */
export function drawBoat(surface: Surface, boat: Boat, isOwn: boolean): void {
  const { pen, ink } = surface;
  pen.save();
  pen.translate(boat.x, boat.y);
  if (isOwn) drawRing(surface);
  pen.rotate(boat.heading);
  pen.beginPath();
  pen.moveTo(HALF, 0);
  pen.quadraticCurveTo(HALF * 0.4, BEAM * 1.5, -HALF, BEAM * 0.8);
  pen.lineTo(-HALF, -BEAM * 0.8);
  pen.quadraticCurveTo(HALF * 0.4, -BEAM * 1.5, HALF, 0);
  pen.closePath();
  pen.fillStyle = colourOf(boat);
  pen.fill();
  pen.strokeStyle = ink('ink');
  pen.lineWidth = 2;
  pen.stroke();
  drawSails(surface, boat);
  pen.restore();
  drawName(surface, boat, isOwn);
}

function drawRing({ pen, ink }: Surface): void {
  pen.beginPath();
  pen.arc(0, 0, BOAT_LENGTH * 0.85, 0, 2 * Math.PI);
  pen.strokeStyle = ink('sea');
  pen.lineWidth = 2;
  pen.setLineDash([4, 7]);
  pen.stroke();
  pen.setLineDash([]);
}

/** Fuller, the faster. One that balls miss for now has them shivering. */
function drawSails({ pen, ink }: Surface, { speed, spared }: Boat): void {
  const belly = spared ? 0 : 4 + (speed / FULL_SPEED) * 15;
  pen.fillStyle = ink('field');
  pen.strokeStyle = ink('ink');
  pen.lineWidth = 1.5;
  for (const [mast, reach] of [
    [HALF * 0.35, BEAM * 1.5],
    [-HALF * 0.4, BEAM * 1.9],
  ] as const) {
    pen.beginPath();
    pen.moveTo(mast, -reach);
    pen.quadraticCurveTo(mast + belly * 2, 0, mast, reach);
    pen.quadraticCurveTo(mast + belly * 0.7 - 5, 0, mast, -reach);
    pen.closePath();
    pen.fill();
    pen.stroke();
  }
}

function drawName({ pen, ink }: Surface, { x, y, name, barrels }: Boat, isOwn: boolean): void {
  pen.textAlign = 'center';
  pen.textBaseline = 'middle';
  pen.font = `${isOwn ? '600 ' : ''}21px system-ui, sans-serif`;
  pen.lineWidth = 5;
  pen.lineJoin = 'round';
  pen.strokeStyle = ink('panel');
  pen.fillStyle = ink(isOwn ? 'ink' : 'ink-soft');
  const label = `${name} ${barrels}`;
  pen.strokeText(label, x, y + BOAT_LENGTH * 0.8 + 4);
  pen.fillText(label, x, y + BOAT_LENGTH * 0.8 + 4);
}
