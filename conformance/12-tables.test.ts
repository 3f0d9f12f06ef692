import { expect } from 'vitest';
import { isCount } from './frames.ts';
import { suite } from './suite.ts';
import { announcedLimits, table } from './tables.ts';

const test = suite();

test('welcome announces limits of the table, and those only', async ({ open }) => {
  const { welcome } = await open();
  for (const [name, value] of Object.entries(welcome.limits)) {
    expect(announcedLimits).toContain(name);
    expect(isCount(value)).toBe(true);
  }
});

test('the limits of a server agree with each other', async ({ open }) => {
  const client = await open();
  expect(client.limit('frameBytes')).toBeGreaterThanOrEqual(client.limit('messageBytes'));
  for (const name of ['calls', 'streamItems', 'streamBytes', 'heartbeat']) {
    expect(client.limit(name)).toBeGreaterThan(0);
  }
});

test('every close name has a code of its own, and fits a close reason', () => {
  const rows = table('close-codes');
  expect(new Set(rows.map(([name]) => name)).size).toBe(rows.length);
  expect(new Set(rows.map(([, code]) => code)).size).toBe(rows.length);
  for (const [name = ''] of rows) expect(Buffer.byteLength(name)).toBeLessThanOrEqual(123);
});
