import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { ClientOptions } from 'ws';
import { WebSocket } from 'ws';

export const subprotocol = 'hawser.1';

/** A socket that knows nothing of the protocol but its name, and keeps what it is sent. */
export class RawSocket {
  readonly ws: WebSocket;
  readonly frames: string[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;

  constructor(url: string, options: ClientOptions = {}, protocols: string[] = [subprotocol]) {
    this.ws = new WebSocket(url, protocols, options);
    this.ws.on('message', (data) => this.frames.push(String(data)));
    this.ws.on('error', () => {});
    this.closed = once(this.ws, 'close').then(([code, reason]) => ({ code, reason: String(reason) }));
  }

  async open(): Promise<this> {
    await once(this.ws, 'open');
    return this;
  }

  /** Says a proper `hello` and waits for its answer. */
  async greet(): Promise<string> {
    const secret = Buffer.alloc(32, Math.floor(performance.now())).toString('base64url');
    this.ws.send(JSON.stringify(['hello', { mode: 'open', secret, dial: 1, sent: 0, received: 0 }]));
    const [answer] = await once(this.ws, 'message');
    return String(answer);
  }

  close(): void {
    this.ws.terminate();
  }
}

/** What an upgrade came to: 101, or the status and the text of the refusal. */
export async function upgrade(
  url: string,
  options: ClientOptions = {},
  protocols: string[] = [subprotocol],
): Promise<{ status: number; text: string }> {
  const ws = new WebSocket(url, protocols, options);
  ws.on('error', () => {});
  const opened = once(ws, 'open').then(() => {
    ws.terminate();
    return { status: 101, text: '' };
  });
  const refused = once(ws, 'unexpected-response').then(async ([, incoming]) => {
    const response = incoming as IncomingMessage;
    let text = '';
    for await (const chunk of response.setEncoding('utf8')) text += String(chunk);
    return { status: response.statusCode ?? 0, text };
  });
  return Promise.race([opened, refused]);
}
