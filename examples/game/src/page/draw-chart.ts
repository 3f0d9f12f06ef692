import type { Surface } from '../../../shared/src/page/surface.js';
import { BAY, ISLANDS, type Island } from '../server/frame.js';

const GRID = 200;
const NAMES = ['Great Skerry', 'The Calf', 'Ness', 'Kettle'];

/** What does not move: the grid, the land and the shallows around it. */
export function drawChart(surface: Surface): void {
  drawGrid(surface);
  for (const island of ISLANDS) drawShallows(surface, island);
  for (const [index, island] of ISLANDS.entries()) drawLand(surface, island, NAMES[index] ?? '');
}

function drawGrid({ pen, ink }: Surface): void {
  pen.strokeStyle = ink('rule');
  pen.lineWidth = 1;
  pen.beginPath();
  for (let x = GRID; x < BAY.width; x += GRID) {
    pen.moveTo(x, 0);
    pen.lineTo(x, BAY.height);
  }
  for (let y = GRID; y < BAY.height; y += GRID) {
    pen.moveTo(0, y);
    pen.lineTo(BAY.width, y);
  }
  pen.stroke();
}

function drawShallows({ pen, ink }: Surface, island: Island): void {
  pen.fillStyle = ink('sea-wash');
  for (const wider of [64, 30]) {
    outline(pen, island, island.radius + wider);
    pen.fill();
  }
}

function drawLand({ pen, ink }: Surface, island: Island, name: string): void {
  outline(pen, island, island.radius);
  pen.fillStyle = ink('panel');
  pen.fill();
  pen.fillStyle = ink('sand-wash');
  pen.fill();
  pen.strokeStyle = ink('sand');
  pen.lineWidth = 2;
  pen.stroke();
  pen.fillStyle = ink('ink-soft');
  pen.textAlign = 'center';
  pen.textBaseline = 'middle';
  pen.font = 'italic 24px Charter, Georgia, serif';
  pen.fillText(name, island.x, island.y);
}

/** Round, but as a coast is. */
function outline(pen: CanvasRenderingContext2D, { x, y, radius }: Island, reach: number): void {
  pen.beginPath();
  for (let step = 0; step < 48; step++) {
    const angle = (step / 48) * 2 * Math.PI;
    const bent = Math.sin(angle * 3 + x) * 0.035 + Math.sin(angle * 7 + y) * 0.025;
    const far = reach + radius * bent;
    pen.lineTo(x + Math.cos(angle) * far, y + Math.sin(angle) * far);
  }
  pen.closePath();
}
