import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface ServerOptions {
  readonly handshakeMs?: number;
  readonly heartbeatMs?: number;
  readonly windowMs?: number;
  readonly limits?: {
    readonly calls?: number;
    readonly messageBytes?: number;
    readonly valueBytes?: number;
    readonly windowBytes?: number;
    readonly absentSessions?: number;
  };
}

/** How a server process ended: nothing but `{ code: 0, errors: '' }` is right. */
export interface Ending {
  readonly code: number | null;
  readonly errors: string;
}

const program = fileURLToPath(new URL('./server.mjs', import.meta.url));

/** A server of the suite in a process of its own, so that a crash of it is seen as one. */
export class ServerProcess {
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #ended: Promise<Ending>;
  #terminated = false;

  private constructor(child: ChildProcess, url: string, ended: Promise<Ending>) {
    this.#child = child;
    this.url = url;
    this.#ended = ended;
  }

  static async start(options: ServerOptions = {}): Promise<ServerProcess> {
    const child = spawn(process.execPath, [program, JSON.stringify(options)], { stdio: 'pipe' });
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => {
      errors += chunk.toString();
    });
    const ended = once(child, 'close').then(([code]): Ending => ({ code, errors }));
    const url = await Promise.race([
      firstLine(child),
      ended.then((ending) =>
        Promise.reject(new Error(`the server did not start: ${JSON.stringify(ending)}`)),
      ),
    ]);
    return new ServerProcess(child, url, ended);
  }

  /** Asks the server to close, like a deploy. */
  terminate(): void {
    // A second signal could hit the process while it exits, when nobody listens for it any more.
    if (this.#terminated) return;
    this.#terminated = true;
    this.#child.kill('SIGTERM');
  }

  /** Closes the server and says how its process ended. One that still runs after `bound` ms is killed. */
  async stop(bound: number): Promise<Ending> {
    this.terminate();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), bound);
    const ending = await this.#ended;
    clearTimeout(timer);
    return ending;
  }
}

async function firstLine(child: ChildProcess): Promise<string> {
  let text = '';
  for await (const chunk of child.stdout ?? []) {
    text += String(chunk);
    const end = text.indexOf('\n');
    if (end >= 0) return text.slice(0, end);
  }
  throw new Error('the server printed no URL');
}
