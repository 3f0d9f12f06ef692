// Deletes what the build made. Needed after a source file was removed: `tsc -b` leaves its old output in dist,
// and dist is what gets published.
import { readdirSync, rmSync } from 'node:fs';

for (const folder of readdirSync('packages'))
  rmSync(`packages/${folder}/dist`, { recursive: true, force: true });
