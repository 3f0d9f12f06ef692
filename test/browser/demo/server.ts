import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

/** The package of the demo, built by whoever starts it. */
export const demo = fileURLToPath(new URL('../../../examples/demo', import.meta.url));

export interface DemoServer {
  readonly process: ChildProcess;
  readonly url: string;
  stderr(): string;
}

export async function startServer(): Promise<DemoServer> {
  const child = spawn(process.execPath, ['dist/server/main.js'], {
    cwd: demo,
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  const exited = once(child, 'exit').then(() => Promise.reject(new Error(`The demo ended: ${stderr}`)));
  exited.catch(() => {});
  const [line] = (await Promise.race([once(child.stdout.setEncoding('utf8'), 'data'), exited])) as [string];
  expect(line).toMatch(/^http:\/\/localhost:\d+\n$/);
  return { process: child, url: line.trim(), stderr: () => stderr };
}
