import { expect } from 'vitest';
import { dataOf, type Frame, hello, type Json, Kind, newKey, newSecret } from './frames.ts';
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

test('13.4 a server that restarted, or keeps no sessions', async ({ dial, open }) => {
  const reasons = (await open()).limit('window') === 0 ? ['off', 'restarted'] : ['restarted'];
  const client = await dial();
  const gone = hello({ mode: 'resume', dial: 2, sent: 7, received: 9, server: 'k9' });
  client.send(gone);
  await client.control('gone');
  client.send(hello({ dial: 3 }));
  await client.welcomed();
  expect(reasons).toContain(client.frames[0]?.[1]);
  expect(names(client.frames)).toEqual(['gone', 'welcome']);
  expect(client.welcome).toMatchObject({ resumed: false, sent: 0, received: 0 });
});

test('13.5 a resume', async ({ dial, open }) => {
  const secret = newSecret();
  const old = await open({ secret });
  for (let id = 1; id <= 7; id++) {
    old.send([[Kind.query, id, 'greet', { name: `Bo ${id}` }]]);
    await old.final(id);
  }
  const { server } = old.welcome;
  const [answers, kept] = [old.received, old.frames.filter(([first]) => typeof first !== 'string').at(-1)];
  old.drop();
  await old.whenClosed();
  const client = await dial();
  // Frame 8 was counted and then lost with the socket; so was the last one of the server.
  client.takeOver(old);
  [client.sent, client.received] = [8, answers - 1];
  client.send(hello({ mode: 'resume', secret, dial: 2, sent: 8, received: answers - 1, server }));
  if (old.limit('window') === 0) {
    expect(await client.control('gone')).toEqual(['gone', 'off']);
    return;
  }
  await client.welcomed();
  expect(client.welcome).toMatchObject({ server, resumed: true, sent: answers, received: 7 });
  await client.when('the frame that was lost', () => client.frames[1]);
  expect(client.frames[1]).toEqual(kept);
  client.sent = 7;
  client.sendText(`[${answers},[1,12,"greet",{"name":"Bo"}]]`);
  expect(dataOf(await client.final(12))).toBe('hi Bo');
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
