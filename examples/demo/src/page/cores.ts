import type { Surface } from '../../../shared/src/page/surface.js';

const GAP = 3;

/** A gauge per core, side by side; as many rows as it takes to keep them readable. */
export function drawCores({ pen, width, height, ink }: Surface, cores: readonly number[]): void {
  const perRow = Math.max(1, Math.min(cores.length, Math.floor(width / 24)));
  const rows = Math.max(1, Math.ceil(cores.length / perRow));
  const cell = { width: (width + GAP) / perRow, height: (height + GAP) / rows };
  cores.forEach((busy, core) => {
    const x = (core % perRow) * cell.width;
    const y = Math.floor(core / perRow) * cell.height;
    pen.fillStyle = ink('sea-wash');
    pen.fillRect(x, y, cell.width - GAP, cell.height - GAP);
    pen.fillStyle = ink('sea');
    pen.fillRect(x, y, (cell.width - GAP) * busy, cell.height - GAP);
  });
}
