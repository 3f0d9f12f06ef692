import { readFileSync } from 'node:fs';

// The suite knows PROTOCOL.md and nothing else, so it reads its numbers there.
const page = readFileSync(new URL('../PROTOCOL.md', import.meta.url), 'utf8');

/** The rows of the table after `<!-- table: name -->`, as text, without header and backticks. */
export function table(name: string): string[][] {
  const start = page.indexOf(`<!-- table: ${name} -->`);
  if (start < 0) throw new Error(`PROTOCOL.md has no table "${name}"`);
  const lines = page.slice(start).split('\n').slice(1);
  const end = lines.findIndex((line) => !line.startsWith('|'));
  return lines.slice(2, end).map((line) =>
    line
      .slice(1, line.lastIndexOf('|'))
      .split('|')
      .map((cell) => cell.trim().replaceAll('`', '')),
  );
}

const closeCodes = new Map(table('close-codes').map(([name = '', code]) => [name, Number(code)]));

const limits = new Map(table('limits').map(([name = '', value]) => [name, Number(value)]));

/** The names of table 12.3 that `welcome` may announce. */
export const announcedLimits: readonly string[] = table('limits')
  .filter(([, , , announced]) => announced === 'yes')
  .map(([name = '']) => name);

/** The words of section 14. */
export const featureWords = ['drain', 'auth'] as const;

export type Feature = (typeof featureWords)[number];

/** The code of a close name, table 12.1. */
export function closeCode(name: string): number {
  const code = closeCodes.get(name);
  if (code === undefined) throw new Error(`table 12.1 has no row "${name}"`);
  return code;
}

/** The default of a limit, table 12.3. */
export function defaultLimit(name: string): number {
  const value = limits.get(name);
  if (value === undefined) throw new Error(`table 12.3 has no row "${name}"`);
  return value;
}

/** Whether a close of this name ends the session of whoever is told, table 12.1. */
export function endsSession(name: string): boolean {
  return table('close-codes').some((row) => row[0] === name && row[4] === 'ends');
}

export function isCloseName(name: unknown): name is string {
  return typeof name === 'string' && closeCodes.has(name);
}
