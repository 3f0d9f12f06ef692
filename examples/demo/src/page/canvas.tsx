import { useEffect, useRef } from 'react';
import { drawOn, type Surface } from './surface.js';

export interface CanvasProps {
  readonly label: string;
  readonly className: string;
  readonly testId: string;
  /** Must be the same function in each render. */
  readonly draw: (surface: Surface, now: number) => void;
}

export function Canvas({ label, className, testId, draw }: CanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => (canvas.current ? drawOn(canvas.current, draw) : undefined), [draw]);
  return <canvas ref={canvas} className={className} data-testid={testId} role="img" aria-label={label} />;
}
