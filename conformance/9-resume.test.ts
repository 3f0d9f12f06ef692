import { expect } from 'vitest';
import { hello, Kind, newKey, newSecret } from './frames.ts';
import type { RawClient } from './raw-client.ts';
import { expectClosed, expectServes, suite } from './suite.ts';

const test = suite();

/** What a server may answer to the resume of a session that it does not know. */
function reasonsFor(client: RawClient, server: string): string[] {
  const restarted = server !== client.welcome.server;
  // Without a window the page has `off`, and a transcript in which another run of the server says `restarted`.
  if (client.limit('window') === 0) return restarted ? ['off', 'restarted'] : ['off'];
  return [restarted ? 'restarted' : 'expired'];
}

test('the resume of a session that never was is answered with gone', async ({ dial, open }) => {
  const witness = await open();
  for (const server of [witness.welcome.server, 'another server']) {
    const client = await dial();
    client.send(hello({ mode: 'resume', dial: 2, sent: 7, received: 9, server }));
    const [, reason] = await client.control('gone');
    expect(reasonsFor(witness, server)).toContain(reason);
  }
});

test('with window 0 a drop ends the session: its handlers are aborted', async ({ open }) => {
  const witness = await open();
  if (witness.limit('window') > 0) return;
  const key = newKey();
  const client = await open();
  const stream = client.call('subscription', 'endless', { key });
  client.call('query', 'slow', { key });
  await client.items(stream.id, 1);
  await client.ping();
  client.drop();
  await client.whenClosed();
  expect(await witness.ask('query', 'whenAborted', key)).toBe(true);
  expect(await witness.ask('query', 'idle')).toBe(true);
});

test('with window 0 the resume of a live session is off too', async ({ dial, open }) => {
  const secret = newSecret();
  const client = await open({ secret });
  await expectServes(client);
  if (client.limit('window') > 0) return;
  const other = await dial();
  other.send(hello({ mode: 'resume', secret, dial: 2, sent: client.sent, received: client.received }));
  expect(await other.control('gone')).toEqual(['gone', 'off']);
});

test('with window 0 nothing is acknowledged', async ({ open }) => {
  const client = await open();
  for (let round = 0; round < 100; round++) await expectServes(client);
  // The monitor notes any ack of a server whose window is 0.
  if (client.limit('window') === 0) expect(client.frames.filter(([name]) => name === 'ack')).toEqual([]);
});

test('nothing but hello precedes the answer to a resume', async ({ dial }) => {
  const client = await dial();
  client.send(hello({ mode: 'resume', dial: 2 }));
  client.send([[Kind.query, 1, 'greet', { name: 'Ada' }]]);
  await expectClosed(client, 'unexpected');
  expect(client.messages).toEqual([]);
});
