import { expect } from 'vitest';
import { expectClosed, suite } from './suite.ts';

const test = suite();

test('the server selects hawser.1', async ({ dial }) => {
  const client = await dial();
  expect(client.protocol).toBe('hawser.1');
});

test.for(['hawser.1', 'other.1, hawser.1', 'hawser.1, other.1', 'other.1,hawser.1'])(
  'an upgrade that offers "%s" is granted',
  async (protocols, { knock }) => {
    expect(await knock({ protocols })).toBe(101);
  },
);

// Conditional in the text: the server of this suite speaks nothing else on this path.
test.for(['', 'other.1', 'hawser.2', 'hawser', 'HAWSER.1'])(
  'an upgrade that offers "%s" instead of hawser.1 is answered with 400',
  async (protocols, { knock }) => {
    expect(await knock({ protocols })).toBe(400);
  },
);

test.for(['https://elsewhere.example', 'http://127.0.0.1.elsewhere.example', 'null', 'no origin', 'file://'])(
  'the foreign origin "%s" is answered with 403',
  async (origin, { knock }) => {
    expect(await knock({ headers: { origin } })).toBe(403);
  },
);

test('an origin of the same host is let in', async ({ knock, url }) => {
  expect(await knock({ headers: { origin: `http://${new URL(url).host}` } })).toBe(101);
});

test('a request without an origin is let in', async ({ knock }) => {
  expect(await knock()).toBe(101);
});

test.for(['/', '/other', '/rpcs', '/rpc/more', '/constructor'])(
  'the path %s, which is not served, is answered with 404',
  async (path, { knock }) => {
    expect(await knock({ path })).toBe(404);
  },
);

test('a query string does not change the path', async ({ knock, url }) => {
  expect(await knock({ path: `${new URL(url).pathname}?some=query` })).toBe(101);
});

test('nothing is said before hello', async ({ dial, open }) => {
  const silent = await dial();
  const other = await open();
  await other.settle();
  expect(silent.frames).toEqual([]);
});

test('a close says bye first, then its code and its name', async ({ open }) => {
  const client = await open();
  client.sendText('no frame');
  await expectClosed(client, 'malformed');
});
