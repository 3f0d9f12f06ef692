import { mkdir, writeFile } from 'node:fs/promises';

/**
 * Writes the reports of one comparison to `results/`.
 * @param {{ readonly restarts: boolean }} plan
 * @param {readonly { contender: string, set: string, carriesValues: boolean, judgement: import('../judge/verdict.mjs').Judgement }[]} runs
 */
export async function writeResults({ restarts }, runs) {
  const folder = new URL('../results/', import.meta.url);
  await mkdir(folder, { recursive: true });
  const contents = Object.fromEntries(
    runs.map(({ contender, set, carriesValues, judgement: { report, violations } }) => [
      contender,
      { set, carriesValues, ...report, verdict: violations.join('; ') || 'ok' },
    ]),
  );
  const file = new URL(restarts ? 'survival-with-restarts.json' : 'survival.json', folder);
  await writeFile(file, `${JSON.stringify(contents, undefined, 2)}\n`);
}
