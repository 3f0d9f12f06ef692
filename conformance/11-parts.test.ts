import { expect } from 'vitest';
import { dataOf, Kind } from './frames.ts';
import { expectClosed, suite } from './suite.ts';

const test = suite();

const first = 1;
const last = 2;

/** A part; only a first one tells the lengths. */
function part(
  bits: number,
  transfer: number,
  content: Uint8Array,
  lengths?: readonly [number, number],
): Uint8Array {
  const head = Buffer.alloc(lengths ? 14 : 6);
  head.writeUInt8(2, 0);
  head.writeUInt8(bits, 1);
  head.writeUInt32BE(transfer, 2);
  if (lengths) {
    head.writeUInt32BE(lengths[0], 6);
    head.writeUInt32BE(lengths[1], 10);
  }
  return Buffer.concat([head, content]);
}

const message = Buffer.from(JSON.stringify([Kind.query, 1, 'greet', { name: 'Ada' }]));

test('a message in one part is served by who announced parts, and malformed to others', async ({ open }) => {
  const client = await open();
  client.sendBinary(part(first | last, 1, message, [message.length, 0]));
  if (client.welcome.features.includes('parts')) expect(dataOf(await client.final(1))).toBe('hi Ada');
  else await expectClosed(client, 'malformed');
});

test.for([
  ['a part of an unknown transfer', part(0, 7, message)],
  ['a last part that is short of its length', part(first | last, 1, message, [message.length + 1, 0])],
  ['a part that is over its length', part(first | last, 1, message, [message.length - 1, 0])],
  ['a cut head', part(first, 1, message, [message.length, 0]).subarray(0, 4)],
  ['a first part without lengths', part(first, 1, Buffer.alloc(0))],
] as [string, Uint8Array][])('%s is malformed', async ([, frame], { open }) => {
  const client = await open();
  client.sendBinary(frame);
  await expectClosed(client, 'malformed');
});

test('a part in a text frame is malformed', async ({ open }) => {
  const client = await open();
  client.send([[Kind.part, 1]]);
  await expectClosed(client, 'malformed');
});
