import { useEffect, useRef } from 'react';
import { type Draw, drawOn, type Frames } from './surface.js';

interface CanvasProps {
  /** What there is to see, for those who do not. */
  readonly label: string;
  readonly className?: string;
  readonly testId?: string;
  /** Called with a cleared surface. May be another function in each render. */
  readonly draw: Draw;
  /** When: without it in each animation frame. Has to be the same in each render. */
  readonly frames?: Frames;
}

/** A drawing at the screen's pace, whatever the pace of React is. Its size is that which CSS gives it. */
export function Canvas({ label, className, testId, draw, frames }: CanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const latest = useRef(draw);
  useEffect(() => {
    latest.current = draw;
  });
  useEffect(() => {
    if (!canvas.current) return undefined;
    return drawOn(canvas.current, (surface, now) => latest.current(surface, now), frames);
  }, [frames]);
  return <canvas ref={canvas} className={className} data-testid={testId} role="img" aria-label={label} />;
}
