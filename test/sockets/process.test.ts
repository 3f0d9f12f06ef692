import { execFile } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

const prelude = `
  import { initTRPC } from '@trpc/server';
  import { serve } from '@hawser/adapter-node';
  import { connect, createClient } from '@hawser/client';
  const t = initTRPC.create();
  const router = t.router({ greet: t.procedure.query(() => 'hi') });
  const server = await serve({ router, port: 0, host: '127.0.0.1' });
  const connection = connect({ url: server.url });
  console.log(await createClient(connection).greet.query());
`;

/** Runs a module in a plain Node process on the built packages, and tells how it ended. */
async function run(code: string): Promise<{ code: number | null; signal: string | null; output: string }> {
  const child = execFile(process.execPath, ['--input-type=module', '--eval', code], { cwd: root });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += String(chunk)));
  // Far more than it takes: a process that something keeps alive would stay for ever.
  const patience = setTimeout(() => child.kill('SIGKILL'), 15_000);
  const [exit, signal] = (await once(child, 'close')) as [number | null, string | null];
  clearTimeout(patience);
  return { code: exit, signal, output };
}

test('a process that closed its connection and its server ends by itself', async () => {
  const ending = await run(`${prelude} await connection.close(); await server.close();`);
  expect(ending).toEqual({ code: 0, signal: null, output: 'hi\n' });
});

test('the order of the two does not matter', async () => {
  const ending = await run(`${prelude} await server.close(); await connection.close();`);
  expect(ending).toEqual({ code: 0, signal: null, output: 'hi\n' });
});

test('closing both in one turn ends it too', async () => {
  const ending = await run(`${prelude} await Promise.all([connection.close(), server.close()]);`);
  expect(ending).toEqual({ code: 0, signal: null, output: 'hi\n' });
});

test('a lazy connection that nobody used keeps no process alive', async () => {
  const ending = await run(`
    import { connect } from '@hawser/client';
    console.log(connect({ url: 'ws://127.0.0.1:1', lazy: true }).state);
  `);
  expect(ending).toEqual({ code: 0, signal: null, output: 'idle\n' });
});

test('a server that is closed while its clients dial, and a connection that is closed in turn, end it', async () => {
  const ending = await run(`${prelude}
    await server.close();
    const other = connect({ url: 'ws://127.0.0.1:1', onError() {} });
    const call = createClient(other).greet.query().catch((error) => console.log(error.cause.code));
    await new Promise((resolve) => other.subscribe(({ state }) => state === 'waiting' && resolve()));
    await Promise.all([connection.close(), other.close(), call]);
  `);
  expect(ending).toEqual({ code: 0, signal: null, output: 'hi\nclosed\n' });
});
