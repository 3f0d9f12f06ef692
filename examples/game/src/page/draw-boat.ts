import type { Surface } from '../../../shared/src/page/surface.js';
import { BAY, BOAT_LENGTH, type Boat, FULL_SPEED } from '../server/frame.js';

const HALF = BOAT_LENGTH / 2;
const BEAM = BOAT_LENGTH * 0.17;

/** A boat's own, legible by day and by night. Gulls are grey. */
export function colourOf({ player }: Boat): string {
  return player === 0 ? 'oklch(62% 0.02 240)' : `oklch(62% 0.16 ${(player * 137 + 248) % 360})`;
}

/** On a surface that is as wide as the bay. */
export function drawBoat(surface: Surface, boat: Boat, isOwn: boolean): void {
  const { pen, width, ink } = surface;
  const scale = width / BAY.width;
  pen.save();
  pen.translate(boat.x * scale, boat.y * scale);
  drawName(surface, `${boat.name} ${boat.barrels}`, { below: BOAT_LENGTH * 0.75 * scale, isOwn });
  pen.scale(scale, scale);
  pen.rotate(boat.heading);
  pen.globalAlpha = boat.spared ? 0.5 : 1;
  pen.strokeStyle = ink('ink');
  pen.lineWidth = isOwn ? 4 : 2;
  drawHull(pen, colourOf(boat));
  drawSail(pen, { fill: ink('field'), fullness: boat.speed / FULL_SPEED });
  pen.restore();
}

function drawHull(pen: CanvasRenderingContext2D, colour: string): void {
  pen.beginPath();
  pen.moveTo(HALF, 0);
  pen.quadraticCurveTo(HALF * 0.4, BEAM * 1.5, -HALF, BEAM * 0.8);
  pen.lineTo(-HALF, -BEAM * 0.8);
  pen.quadraticCurveTo(HALF * 0.4, -BEAM * 1.5, HALF, 0);
  pen.fillStyle = colour;
  pen.fill();
  pen.stroke();
}

function drawSail(pen: CanvasRenderingContext2D, sail: { fill: string; fullness: number }): void {
  const belly = 5 + sail.fullness * 22;
  pen.beginPath();
  pen.moveTo(0, -BEAM * 1.9);
  pen.quadraticCurveTo(belly * 2, 0, 0, BEAM * 1.9);
  pen.quadraticCurveTo(belly * 0.7 - 5, 0, 0, -BEAM * 1.9);
  pen.fillStyle = sail.fill;
  pen.fill();
  pen.stroke();
}

function drawName({ pen, ink }: Surface, name: string, at: { below: number; isOwn: boolean }): void {
  pen.font = `${at.isOwn ? '600 ' : ''}14px system-ui, sans-serif`;
  pen.textAlign = 'center';
  pen.textBaseline = 'middle';
  pen.fillStyle = ink(at.isOwn ? 'ink' : 'ink-soft');
  pen.fillText(name, 0, at.below);
}
