import { Canvas } from '../../../shared/src/page/canvas.js';
import type { Surface } from '../../../shared/src/page/surface.js';
import { BAY, type Place } from '../server/frame.js';
import { drawBoat } from './draw-boat.js';
import { boatsAt, type SeaView } from './sea-view.js';

interface BayProps {
  readonly sea: SeaView;
  readonly own: string | undefined;
}

export function BayCanvas({ sea, own }: BayProps) {
  const draw = (surface: Surface): void => {
    for (const barrel of sea.now?.barrels ?? []) drawBarrel(surface, barrel);
    for (const boat of boatsAt(sea, performance.now())) drawBoat(surface, boat, boat.id === own);
  };
  return <Canvas className="bay" label="The bay, seen from above" testId="bay" draw={draw} />;
}

function drawBarrel({ pen, width, ink }: Surface, { x, y }: Place): void {
  const scale = width / BAY.width;
  pen.fillStyle = ink('sand');
  pen.strokeStyle = ink('panel');
  pen.lineWidth = 2.5 * scale;
  for (const radius of [12, 6]) {
    pen.beginPath();
    pen.arc(x * scale, y * scale, radius * scale, 0, 2 * Math.PI);
    pen.fill();
    pen.stroke();
  }
}
