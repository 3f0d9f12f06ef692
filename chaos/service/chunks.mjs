import { hash, Seeded } from '../seeded.mjs';
import { addToSum } from './running-sum.mjs';

/** The longest chunk: some parts of it travel by themselves. */
const longest = 200_000;

/** Bytes that every chunk is a piece of, so that none has to be made. */
const noise = makeNoise(2 * longest);

/**
 * What one client is going to send in one stream.
 * @typedef {object} UploadPlan
 * @property {number} count Of chunks.
 * @property {number | undefined} failsAt The source throws in place of this chunk, or of its end, on purpose.
 * @property {number} batch Chunks between two pauses of the source; 0: as fast as they are taken.
 * @property {number} pauseMs Of the source, after each batch.
 * @property {number} digestMs Rest of a server that reads them, after some; 0: none.
 */

/**
 * The same at the client, which sends it, and for whoever judges what arrived.
 * @param {number} seed
 * @param {number} client
 * @param {number} number The mutation that carries it.
 * @returns {UploadPlan}
 */
export function uploadPlan(seed, client, number) {
  const random = new Seeded(seed, 'upload', client, number);
  const count = random.whole(0, 60);
  const batch = random.chance(0.5) ? 0 : random.whole(1, 10);
  return {
    count,
    failsAt: random.chance(0.1) ? random.whole(0, count) : undefined,
    batch,
    pauseMs: Math.round(batch * random.between(5, 40)),
    digestMs: random.chance(0.3) ? random.whole(1, 60) : 0,
  };
}

/**
 * The nth chunk of a stream. Most are small, some travel in parts, a few are empty.
 * @param {number} client
 * @param {number} number
 * @param {number} n
 */
export function chunkOf(client, number, n) {
  const random = new Seeded('chunk', client, number, n);
  const at = random.whole(0, longest);
  return noise.subarray(at, at + lengthOf(random));
}

/**
 * The running sum of a stream after so many chunks.
 * @param {number} client
 * @param {number} number
 * @param {number} count
 */
export function sumOf(client, number, count) {
  let sum = 0;
  for (let n = 0; n < count; n++) sum = addToSum(sum, chunkOf(client, number, n));
  return sum;
}

/**
 * @param {number} length At most 200,000.
 * @param {Seeded} random
 */
export function someBytes(length, random) {
  const at = random.whole(0, 2 * longest - length);
  return noise.subarray(at, at + length);
}

/** @param {Seeded} random */
function lengthOf(random) {
  if (random.chance(0.01)) return 0;
  if (random.chance(0.04)) return random.whole(64_000, longest);
  return random.chance(0.2) ? random.whole(4000, 32_000) : random.whole(1, 4000);
}

/** @param {number} length */
function makeNoise(length) {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at++) bytes[at] = hash(`noise ${at}`);
  return bytes;
}
