import { type PointerEvent, useMemo, useRef } from 'react';
import { Canvas } from '../../../shared/src/page/canvas.js';
import type { Surface } from '../../../shared/src/page/surface.js';
import type { Barrel } from '../server/frame.js';
import { type Camera, cameraFor, placeAt } from './camera.js';
import { drawBoat } from './draw-boat.js';
import { drawChart } from './draw-chart.js';
import { boatsAt, type SeaView } from './sea-view.js';
import type { Tiller } from './tiller.js';
import { Wakes } from './wakes.js';

interface BayProps {
  readonly sea: SeaView;
  readonly own: string | undefined;
  readonly tiller: Tiller;
}

export function BayCanvas({ sea, own, tiller }: BayProps) {
  const wakes = useMemo(() => new Wakes(), []);
  const camera = useRef<Camera>(undefined);

  const draw = (surface: Surface): void => {
    const moment = performance.now();
    const boats = boatsAt(sea, moment);
    const ownBoat = boats.find(({ id }) => id === own);
    if (ownBoat) tiller.look(ownBoat);
    camera.current = cameraFor(surface, ownBoat);
    const { pen } = surface;
    pen.save();
    pen.scale(camera.current.scale, camera.current.scale);
    pen.translate(-camera.current.left, -camera.current.top);
    drawChart(surface);
    wakes.draw(surface, boats, moment);
    drawBarrels(surface, sea.now?.barrels ?? [], moment);
    wakes.drawShots(surface, { before: sea.before?.shots ?? [], now: sea.now?.shots ?? [] }, moment);
    for (const boat of boats) drawBoat(surface, boat, boat === ownBoat);
    pen.restore();
  };

  const steer = (event: PointerEvent): void => {
    if (!camera.current) return;
    const { left, top } = event.currentTarget.getBoundingClientRect();
    tiller.steerTo(placeAt(camera.current, { x: event.clientX - left, y: event.clientY - top }));
  };
  return (
    <div
      className="bay"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        steer(event);
      }}
      onPointerMove={(event) => event.buttons > 0 && steer(event)}
      onPointerUp={() => tiller.steerTo(undefined)}
      onPointerCancel={() => tiller.steerTo(undefined)}
    >
      <Canvas label="The bay, seen from above" testId="bay" draw={draw} />
    </div>
  );
}

function drawBarrels({ pen, ink }: Surface, barrels: readonly Barrel[], moment: number): void {
  for (const { id, x, y } of barrels) {
    const bob = Math.sin(moment / 500 + id) * 1.6;
    pen.beginPath();
    pen.ellipse(x, y + bob, 10, 8, 0.4, 0, 2 * Math.PI);
    pen.fillStyle = ink('sand');
    pen.fill();
    pen.strokeStyle = ink('panel');
    pen.lineWidth = 2;
    pen.beginPath();
    pen.moveTo(x - 3, y + bob - 8);
    pen.lineTo(x - 6, y + bob + 5);
    pen.moveTo(x + 6, y + bob - 5);
    pen.lineTo(x + 3, y + bob + 8);
    pen.stroke();
  }
}
