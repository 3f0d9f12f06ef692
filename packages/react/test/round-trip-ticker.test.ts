import { expect, test } from 'vitest';
import type { RoundTripReader } from '../src/round-trip-ticker.js';
import { RoundTripTickers } from '../src/round-trip-ticker.js';
import { FakeLine } from './fake-line.ts';
import { FakePage } from './fake-page.ts';

function lineOnPage() {
  const page = new FakePage();
  const line = new FakeLine('open');
  return { page, line, ticker: new RoundTripTickers(page).of(line) };
}

/** How often it was told to look. */
interface Counted extends RoundTripReader {
  looks: number;
}

function reader(reads = true): Counted {
  const counted = { looks: 0, reads: () => reads, look: () => void counted.looks++ };
  return counted;
}

test('a connection has one ticker, another connection another one', () => {
  const tickers = new RoundTripTickers(new FakePage());
  const line = new FakeLine('open');
  expect(tickers.of(line)).toBe(tickers.of(line));
  expect(tickers.of(new FakeLine('open'))).not.toBe(tickers.of(line));
});

test('ten readers have the round trip measured as often as one, and all look once a second', () => {
  const { page, line, ticker } = lineOnPage();
  const readers = Array.from({ length: 10 }, () => reader());
  const leave = readers.map((one) => ticker.add(one));
  for (let second = 0; second < 10; second++) page.pass(1000);
  expect(line.measured).toBe(2);
  expect(readers.map(({ looks }) => looks)).toEqual(Array(10).fill(10));
  for (const go of leave) go();
  expect(page.open).toBe(0);
});

test('nothing is measured for those who do not read it, and they are not told', () => {
  const { page, line, ticker } = lineOnPage();
  const other = reader(false);
  const leave = ticker.add(other);
  for (let second = 0; second < 10; second++) page.pass(1000);
  expect(line.measured).toBe(0);
  const leaveReader = ticker.add(reader());
  page.pass(1000);
  expect(line.measured).toBe(1);
  expect(other.looks).toBe(0);
  leave();
  leaveReader();
  expect(page.open).toBe(0);
});

test('a hidden page measures nothing and has no clock, and one that is seen again measures in a second', () => {
  const { page, line, ticker } = lineOnPage();
  const one = reader();
  const leave = ticker.add(one);
  page.pass(1000);
  page.hidden = true;
  for (let second = 0; second < 20; second++) page.pass(1000);
  expect({ measured: line.measured, looks: one.looks }).toEqual({ measured: 1, looks: 1 });
  page.hidden = false;
  page.pass(1000);
  expect({ measured: line.measured, looks: one.looks }).toEqual({ measured: 2, looks: 2 });
  leave();
  expect(page.open).toBe(0);
});

test('readers that come on a hidden page wait until it is seen, and one that leaves there leaves nothing open', () => {
  const { page, line, ticker } = lineOnPage();
  page.hidden = true;
  const leave = ticker.add(reader());
  page.pass(1000);
  expect(line.measured).toBe(0);
  page.hidden = false;
  page.pass(1000);
  expect(line.measured).toBe(1);
  page.hidden = true;
  leave();
  leave();
  expect(page.open).toBe(0);
});

test('one reader that leaves does not stop the clock of the others', () => {
  const { page, ticker } = lineOnPage();
  const stays = reader();
  const leave = ticker.add(reader());
  const leaveLast = ticker.add(stays);
  leave();
  leave();
  page.pass(1000);
  expect(stays.looks).toBe(1);
  leaveLast();
  expect(page.open).toBe(0);
});
