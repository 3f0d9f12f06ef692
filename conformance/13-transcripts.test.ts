import { expect } from 'vitest';
import { type Frame, type Json, Kind, messagesOf, newKey, newSecret } from './frames.ts';
import type { RawClient } from './raw-client.ts';
import { expectClosed, suite } from './suite.ts';
import { closeCode } from './tables.ts';

const test = suite();
const lively = suite({ heartbeatMs: 100 });

/** A `hello` as it is written in the transcripts, with a real secret for the shortened one. */
const helloLine = (secret: string, rest: string): string =>
  `["hello",{"mode":"open","secret":"${secret}",${rest}}]`;

const counts = '"dial":1,"sent":0,"received":0';

function names(frames: readonly Frame[]): (Json | undefined)[] {
  return frames.map(([first]) => (typeof first === 'string' ? first : 'data'));
}

async function runs(client: RawClient, key: string): Promise<number> {
  const ran = await client.ask('query', 'ran', key);
  return Array.isArray(ran) ? ran.length : Number.NaN;
}

test('13.1 a call, sent with the hello', async ({ dial }) => {
  const client = await dial();
  client.sendText(helloLine(newSecret(), counts));
  client.sendText('[[1,1,"greet",{"name":"Ada"}]]');
  await client.final(1);
  expect(names(client.frames)).toEqual(['welcome', 'data']);
  expect(client.welcome).toMatchObject({ resumed: false, sent: 0, received: 0 });
  expect(client.messages).toEqual([[4, 1, 'hi Ada']]);
});

test('13.2 a subscription, cancelled', async ({ open }) => {
  const client = await open();
  client.sendText('[[3,2,"ticks",{"symbol":"ACME"}]]');
  await client.items(2, 2);
  expect(client.messages).toEqual([
    [6, 2],
    [7, 2, { price: 10 }],
    [7, 2, { price: 11 }],
  ]);
  client.sendText('[[9,2]]');
  expect(await client.final(2)).toEqual([8, 2]);
  await client.settle();
});

test('13.2 line 4: items that cross the cancel', async ({ open }) => {
  const client = await open();
  const key = newKey();
  client.send([
    [3, 2, 'endless', { key }],
    [3, 3, 'endless', { key }],
  ]);
  await client.items(2, 1);
  client.sendText('[[9,2]]');
  await client.final(2);
  // Whatever crossed came before the end, of which there is one: the monitor looks.
  await client.items(3, 64);
  await client.settle();
});

test('13.3 a refusal', async ({ dial, open }) => {
  const witness = await open();
  const before = await runs(witness, 'x');
  const client = await dial();
  client.sendText(helloLine(newSecret(), `${counts},"params":{"token":"old"}`));
  client.sendText('[[2,1,"rename","x"]]');
  await expectClosed(client, 'unauthorized');
  const error = { message: 'Token expired', code: -32001, data: { code: 'UNAUTHORIZED', httpStatus: 401 } };
  expect(client.frames).toEqual([['bye', 'unauthorized', error]]);
  expect(client.closed).toEqual({ code: 4401, reason: 'unauthorized' });
  expect(await runs(witness, 'x')).toBe(before);
});

test('13.4 a server that restarted, or keeps no sessions', async ({ dial }) => {
  const client = await dial();
  const known = '"dial":2,"sent":7,"received":9,"server":"k9"';
  client.sendText(`["hello",{"mode":"resume","secret":"${newSecret()}",${known}}]`);
  await client.control('gone');
  client.sendText(`["hello",{"mode":"open","secret":"${newSecret()}","dial":3,"sent":0,"received":0}]`);
  await client.welcomed();
  expect(client.frames[0]).toEqual(['gone', 'restarted']);
  expect(names(client.frames)).toEqual(['gone', 'welcome']);
  expect(client.welcome).toMatchObject({ resumed: false, sent: 0, received: 0 });
});

/** Brings a session to where the transcript begins: 8 frames sent, of which 7 arrived, and the last of 9 is lost. */
async function beforeResume(old: RawClient, witness: RawClient): Promise<void> {
  const symbol = newKey();
  old.acknowledgesUpTo = 8;
  old.send([[3, 2, 'ticks', { symbol }]]);
  await old.items(2, 2);
  // A server may have used more than one frame for these: then it is not asked in some of ours.
  const silent = old.received - 1;
  for (let frame = 2; frame <= 7; frame++) {
    if (frame <= 7 - silent) await old.ask('query', 'greet', { name: 'Bo' });
    else old.send([[Kind.cancel, 99]]);
  }
  for (const price of [12, 13]) {
    await witness.ask('mutation', 'release', `${symbol} ${price}`);
    await old.items(2, price - 9);
  }
  await old.ping();
  old.lose([[1, 12, 'greet', { name: 'Bo' }]]);
}

test('13.5 a resume', async ({ dial, open, skip }) => {
  const secret = newSecret();
  const [witness, old] = [await open(), await open({ secret })];
  skip(old.limit('window') === 0, 'no window');
  await beforeResume(old, witness);
  expect([old.sent, old.received]).toEqual([8, 9]);
  const { session, server } = old.welcome;
  old.drop();
  await old.whenClosed();
  const client = await dial();
  client.acknowledgesUpTo = 8;
  client.takeOver(old, 8);
  const known = `"dial":2,"sent":8,"received":8,"server":"${server}"`;
  client.sendText(`["hello",{"mode":"resume","secret":"${secret}",${known}}]`);
  await client.welcomed();
  expect(client.welcome).toMatchObject({ session, server, resumed: true, sent: 9, received: 7 });
  await client.items(2, 1);
  expect(names(client.frames)).toEqual(['welcome', 'data']);
  expect(messagesOf(client.data[0]?.frame ?? [])).toEqual([[7, 2, { price: 13 }]]);
  client.sendText('[8,[1,12,"greet",{"name":"Bo"}]]');
  expect(await client.final(12)).toEqual([4, 12, 'hi Bo']);
  await client.ping();
});

lively('13.6 heartbeat and a miscount', async ({ open }) => {
  const client = await open();
  for (let round = 0; round < 2; round++) await client.ask('query', 'greet', { name: 'Ada' });
  client.answersPings = false;
  expect(await client.control('ping')).toEqual(['ping', client.received, 2]);
  client.send(['pong', 2, client.received]);
  client.send(['ping', 3, client.received]);
  await expectClosed(client, 'miscount');
  expect(client.closed).toEqual({ code: closeCode('miscount'), reason: 'miscount' });
});
