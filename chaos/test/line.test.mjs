import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import { Line } from '../proxy/line.mjs';

const fault = { after: 0, lasts: 0, way: 'down', share: 0.5, reset: false };

/** What is to be freed after a test. */
const open = [];

afterEach(async () => {
  for (const free of open.splice(0)) await free();
});

/** A line to a server that echoes, with a client on it that has had an answer. */
async function dialled() {
  const accepted = [];
  const server = createServer((socket) => {
    accepted.push(socket);
    socket.on('error', () => {});
    socket.pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push(() => {
    server.close();
    for (const socket of accepted) socket.destroy();
  });
  const told = [];
  const line = await Line.open(server.address().port, (kind) => told.push(kind));
  open.push(() => line.close());
  const client = dial(line);
  client.write('hello');
  await vi.waitFor(() => expect(client.heard).toBe('hello'));
  client.heard = '';
  return { line, client, accepted, told };
}

function dial(line) {
  const client = connect(line.port, '127.0.0.1');
  client.heard = '';
  client.on('data', (data) => {
    client.heard += data;
  });
  client.on('error', () => {});
  open.push(() => client.destroy());
  return client;
}

/** However it came about: `once` would reject for a reset. */
function closed(socket) {
  return new Promise((resolve) => socket.once('close', resolve));
}

test.each([true, false])('a cut is told to both ends at once (reset: %s)', async (reset) => {
  const { line, client, accepted, told } = await dialled();
  line.strike({ ...fault, kind: 'cut', reset });
  await Promise.all([closed(client), closed(accepted[0])]);
  expect(told).toEqual(['cut']);
  const next = dial(line);
  next.write('again');
  await vi.waitFor(() => expect(next.heard).toBe('again'));
});

test('a cut in a frame delivers a part of a chunk', async () => {
  const { line, client, told } = await dialled();
  line.strike({ ...fault, kind: 'cut in a frame' });
  expect(told).toEqual([]);
  client.write('0123456789');
  await closed(client);
  expect(client.heard).toBe('01234');
  expect(told).toEqual(['cut in a frame']);
});

test.each(['up', 'down'])('a cut in the upgrade cuts the next socket too (%s)', async (way) => {
  const { line, client, told } = await dialled();
  line.strike({ ...fault, kind: 'cut in the upgrade', way });
  await closed(client);
  const next = dial(line);
  next.write('0123456789');
  await closed(next);
  expect(next.heard).toBe(way === 'down' ? '01234' : '');
  expect(told).toEqual(['cut in the upgrade']);
});

test.each([
  ['up', 'client'],
  ['down', 'server'],
])('a cut on one side (%s) is told to the %s, to the other end late', async (way, first) => {
  const { line, client, accepted } = await dialled();
  const [one, other] = first === 'client' ? [client, accepted[0]] : [accepted[0], client];
  const end = line.strike({ ...fault, kind: 'cut on one side', way });
  await closed(one);
  await wait(50);
  expect(other.closed).toBe(false);
  end();
  await closed(other);
});

test('a half-open line swallows both ways, and tells nobody until it ends', async () => {
  const { line, client, accepted } = await dialled();
  const end = line.strike({ ...fault, kind: 'half-open' });
  client.write('lost');
  await wait(50);
  expect(client.heard).toBe('');
  client.destroy();
  await wait(50);
  expect(accepted[0].closed).toBe(false);
  end();
  await closed(accepted[0]);
});

test('a stalled line keeps what it was given', async () => {
  const { line, client } = await dialled();
  const end = line.strike({ ...fault, kind: 'stall', way: 'both' });
  client.write('one ');
  await wait(50);
  client.write('two');
  expect(client.heard).toBe('');
  end();
  await vi.waitFor(() => expect(client.heard).toBe('one two'));
});

test('a throttled line is slow, and loses nothing', async () => {
  const { line, client } = await dialled();
  const text = Array.from({ length: 4000 }, (_, i) => String.fromCharCode(97 + (i % 26))).join('');
  const end = line.strike({ ...fault, kind: 'throttle', share: 0.01 });
  client.write(text);
  await wait(200);
  expect(client.heard.length).toBeGreaterThan(0);
  expect(client.heard.length).toBeLessThan(2000);
  end();
  await vi.waitFor(() => expect(client.heard).toBe(text));
});

test('a line that refuses is cut, answers no dial, and then does', async () => {
  const { line, client } = await dialled();
  const end = line.strike({ ...fault, kind: 'refuse' });
  await closed(client);
  const [error] = await once(dial(line), 'error');
  expect(error.code).toBe('ECONNREFUSED');
  end();
  await vi.waitFor(async () => {
    const next = dial(line);
    next.write('here');
    await vi.waitFor(() => expect(next.heard).toBe('here'), { timeout: 100 });
  });
});

test('an end that closes its socket in order is passed on', async () => {
  const { client, accepted } = await dialled();
  client.end('bye');
  await closed(client);
  expect(client.heard).toBe('bye');
  expect(accepted[0].closed).toBe(true);
});

test('after it was healed, nothing of a fault is left', async () => {
  const { line, client } = await dialled();
  line.strike({ ...fault, kind: 'stall', way: 'both' });
  line.strike({ ...fault, kind: 'cut in a frame', way: 'up' });
  client.write('through');
  line.heal();
  await vi.waitFor(() => expect(client.heard).toBe('through'));
});
