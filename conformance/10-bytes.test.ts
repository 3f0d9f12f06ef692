import { expect } from 'vitest';
import { dataOf, Kind } from './frames.ts';
import { expectClosed, suite } from './suite.ts';

const test = suite();

/** A data frame with bytes: `jsonLength` may lie. */
function bytesFrame(json: string, sections: Uint8Array, jsonLength = Buffer.byteLength(json)): Uint8Array {
  const head = Buffer.alloc(5);
  head.writeUInt8(1, 0);
  head.writeUInt32BE(jsonLength, 1);
  return Buffer.concat([head, Buffer.from(json), sections]);
}

const withBytes = (length: number): string =>
  JSON.stringify([[Kind.query, 1, 'typeOf', null, { bytes: [[[], 'u8', length]] }]]);

test('a frame with bytes is served by who announced them, and malformed to others', async ({ open }) => {
  const client = await open();
  client.sendBinary(bytesFrame(withBytes(3), Uint8Array.of(1, 2, 3)));
  if (client.welcome.features.includes('bytes')) expect(dataOf(await client.final(1))).toBe('object');
  else await expectClosed(client, 'malformed');
});

test.for([
  ['more bytes than the table says', bytesFrame(withBytes(2), Uint8Array.of(1, 2, 3))],
  ['fewer bytes than the table says', bytesFrame(withBytes(4), Uint8Array.of(1, 2, 3))],
  ['a JSON longer than the frame', bytesFrame(withBytes(3), Uint8Array.of(1, 2, 3), 10_000)],
  ['a JSON of 4 GiB', bytesFrame('[]', Uint8Array.of(), 0xffffffff)],
  ['no JSON', bytesFrame('', Uint8Array.of(1, 2, 3))],
] as [string, Uint8Array][])('%s: malformed', async ([, frame], { open }) => {
  const client = await open();
  client.sendBinary(frame);
  await expectClosed(client, 'malformed');
});
