import { BAY, type Place } from '../server/frame.js';

/** Where the bay lies on the canvas. */
export interface Camera {
  readonly scale: number;
  readonly left: number;
  readonly top: number;
}

/** Less than this many pixels a metre, and the page follows its boat instead of showing the whole bay. */
const SMALLEST = 0.52;

export function cameraFor(
  size: { readonly width: number; readonly height: number },
  own: Place | undefined,
): Camera {
  const { width, height } = size;
  const scale = Math.max(width / BAY.width, height / BAY.height, SMALLEST);
  const { x, y } = own ?? { x: BAY.width / 2, y: BAY.height / 2 };
  const within = (wanted: number, room: number): number => Math.max(0, Math.min(room, wanted));
  return {
    scale,
    left: within(x - width / scale / 2, BAY.width - width / scale),
    top: within(y - height / scale / 2, BAY.height - height / scale),
  };
}

/** The place in the bay that is under a point of the canvas. */
export function placeAt({ scale, left, top }: Camera, point: Place): Place {
  return { x: left + point.x / scale, y: top + point.y / scale };
}
