import { request } from 'node:http';
import { afterAll, test as base, beforeAll, expect } from 'vitest';
import { hello, isObject, type Json } from './frames.ts';
import { RawClient } from './raw-client.ts';
import { type ServerOptions, ServerProcess } from './server-process.ts';
import { closeCode } from './tables.ts';

/** A server that listens already, in any language, with the procedures of `server-router.mjs`. */
const external = process.env['HAWSER_CONFORMANCE_URL'];

/** The part of a test's timeout that its waits may use; the rest is for the check at its end. */
const waitShare = 0.7;
const endShare = 0.9;
const stopBound = 8_000;

export interface DialOptions {
  readonly url?: string;
  readonly headers?: Record<string, string>;
}

export interface Knock {
  readonly path?: string;
  readonly protocols?: string;
  readonly headers?: Record<string, string>;
}

/** Members of a `hello`, see {@link hello}. */
export type Overrides = { [key: string]: Json | undefined };

export interface Fixtures {
  /** Opens a socket and says nothing on it yet. */
  dial: (options?: DialOptions) => Promise<RawClient>;
  /** Opens a socket and a session on it. */
  open: (hello?: Overrides) => Promise<RawClient>;
  /** Opens a socket and resumes the session of another on it, as the client that had it would. */
  resume: (old: RawClient, hello?: Overrides) => Promise<RawClient>;
  /** Asks for an upgrade by hand and gives the HTTP status: 101 if it was granted. */
  knock: (knock?: Knock) => Promise<number>;
  url: string;
}

/** What the tests of a suite ask of a server whose options are not theirs to choose. */
export interface Needs {
  readonly window?: boolean;
}

/**
 * Vitest's `test` with a server behind it, started for the file that calls this, and with fixtures.
 * After each test nothing may be left open, and the server must still serve another socket.
 * Where another server is tested than the suite's own, tests that it is not set up for are skipped.
 */
export function suite(options: ServerOptions = {}, needs: Needs = {}) {
  let server: ServerProcess | undefined;
  let suits = true;
  const url = (): string => server?.url ?? external ?? '';

  beforeAll(async () => {
    if (external) suits = await isSetUpFor(external, options, needs);
    else server = await ServerProcess.start(options);
  });
  afterAll(async () => {
    if (server) expect(await server.stop(stopBound)).toEqual({ code: 0, errors: '' });
  });

  return base.extend<Fixtures>({
    // biome-ignore lint/correctness/noEmptyPattern: vitest reads the parameter's pattern
    url: async ({}, use) => use(url()),
    dial: async ({ task, skip }, use) => {
      if (!suits) skip('the server is set up in another way');
      const start = performance.now();
      const clients: RawClient[] = [];
      await use(async (dialled = {}) => {
        const deadline = start + task.timeout * waitShare;
        const client = await RawClient.dial(dialled.url ?? url(), deadline, dialled.headers);
        clients.push(client);
        return client;
      });
      await nothingLeftOpen(clients, url(), start + task.timeout * endShare);
    },
    open: async ({ dial }, use) => {
      await use(async (hello) => {
        const client = await dial();
        await client.open(hello);
        return client;
      });
    },
    resume: async ({ dial }, use) => {
      await use(async (old, overrides) => {
        const client = await dial();
        await client.resume(old, overrides);
        return client;
      });
    },
    knock: async ({ task, skip }, use) => {
      if (!suits) skip('the server is set up in another way');
      const start = performance.now();
      await use((knock = {}) => upgrade(url(), knock, start + task.timeout * waitShare));
      await nothingLeftOpen([], url(), start + task.timeout * endShare);
    },
  });
}

/** Ends every session of the test, then asks on a new socket whether a handler still runs. */
async function nothingLeftOpen(clients: readonly RawClient[], url: string, deadline: number): Promise<void> {
  await Promise.all(clients.map((client) => client.leave()));
  await Promise.all(sessionsOf(clients).map((sockets) => endSession(sockets, deadline)));
  const witness = await RawClient.dial(url, deadline);
  await witness.open();
  expect(await witness.ask('query', 'greet', { name: 'witness' })).toBe('hi witness');
  expect(await witness.ask('query', 'idle')).toBe(true);
  await witness.leave();
  for (const client of [...clients, witness]) expect(client.monitor.faults).toEqual([]);
}

/** The sockets of each session that may have outlived them. */
function sessionsOf(clients: readonly RawClient[]): RawClient[][] {
  const bySecret = new Map<Json | undefined, RawClient[]>();
  for (const client of clients) {
    if (client.fate === 'none') continue;
    const { secret } = client.hello;
    bySecret.set(secret, [...(bySecret.get(secret) ?? []), client]);
  }
  return [...bySecret.values()].filter((sockets) => sockets.every(({ fate }) => fate === 'unknown'));
}

/** Asks for a session whose sockets are gone, and ends it. */
async function endSession(sockets: readonly RawClient[], deadline: number): Promise<void> {
  const last = sockets.reduce((one, other) => (other.received >= one.received ? other : one));
  const { secret, params } = last.hello;
  const user = isObject(params) && params['user'] !== undefined ? { params: { user: params['user'] } } : {};
  const dial = Math.max(...sockets.map((client) => Number(client.hello['dial']))) + 1;
  const sent = Math.max(...sockets.map((client) => client.sent));
  const client = await RawClient.dial(last.url, deadline);
  client.takeOver(last, last.received);
  client.send(hello({ mode: 'resume', secret, dial, sent, received: last.received, ...user }));
  await client.when('an answer', () => client.frames[0]);
  await client.leave();
  expect(client.fate).toBe('over');
  expect(client.monitor.faults).toEqual([]);
}

/** Whether a server announces what the tests of a suite were written for. */
async function isSetUpFor(url: string, options: ServerOptions, needs: Needs): Promise<boolean> {
  const client = await RawClient.dial(url, performance.now() + stopBound);
  await client.open();
  const window = client.limit('window');
  const { windowMs = window, heartbeatMs, handshakeMs, limits = {} } = options;
  const announced = { window: windowMs, heartbeat: heartbeatMs, ...limits };
  await client.leave();
  return (
    handshakeMs === undefined &&
    limits.absentSessions === undefined &&
    (needs.window === undefined || needs.window === window > 0) &&
    Object.entries(announced).every(([name, value]) => value === undefined || client.limit(name) === value)
  );
}

function upgrade(
  url: string,
  { path, protocols = 'hawser.1', headers }: Knock,
  deadline: number,
): Promise<number> {
  const target = new URL(path ?? new URL(url).pathname, url);
  target.protocol = target.protocol === 'wss:' ? 'https:' : 'http:';
  return new Promise((resolve, reject) => {
    const knock = request(target, {
      signal: AbortSignal.timeout(Math.max(0, Math.round(deadline - performance.now()))),
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': Buffer.from('conformance-test').toString('base64'),
        ...(protocols === '' ? {} : { 'sec-websocket-protocol': protocols }),
        ...headers,
      },
    });
    knock.on('upgrade', (response, socket) => {
      socket.destroy();
      resolve(response.statusCode ?? 0);
    });
    knock.on('response', (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    knock.on('error', reject);
    knock.end();
  });
}

/** The server says `bye` with this name, then closes with its code and its name. */
export async function expectClosed(client: RawClient, name: string): Promise<void> {
  const { code, reason } = await client.whenClosed();
  const bye = client.frames.at(-1)?.slice(0, 2);
  expect({ bye, code, reason }).toEqual({ bye: ['bye', name], code: closeCode(name), reason: name });
}

/** Other calls of the same session go on. */
export async function expectServes(client: RawClient): Promise<void> {
  expect(await client.ask('query', 'greet', { name: 'Ada' })).toBe('hi Ada');
}
