import type { WebSocketLike } from '@hawser/client';

type Handler<Event> = ((event: Event) => void) | null;

/** A WebSocket of the web whose other end, and whose buffer, is the test. */
export class ScriptedWebSocket implements WebSocketLike {
  readonly url: string;
  readonly protocols: string | string[] | undefined;
  binaryType = 'blob';
  readyState = 0;
  bufferedAmount = 0;
  onopen: Handler<never> = null;
  onmessage: Handler<never> = null;
  onclose: Handler<never> = null;
  onerror: Handler<never> = null;
  /** What the client did with it, in order. */
  readonly sent: string[] = [];
  readonly closes: (readonly [code?: number, reason?: string])[] = [];

  constructor(url: string, protocols?: string | string[]) {
    this.url = url;
    this.protocols = protocols;
  }

  /** Data frames that the client sent. */
  get data(): unknown[][] {
    return this.sent
      .filter((frame) => !frame.startsWith('["'))
      .map((frame) => JSON.parse(frame) as unknown[]);
  }

  /** Messages that the client sent. */
  get messages(): unknown[] {
    return this.data.flat();
  }

  send(data: string): void {
    if (this.readyState !== 1) throw new DOMException('Not open', 'InvalidStateError');
    this.sent.push(data);
  }

  close(code?: number, reason?: string): void {
    if (code !== undefined && code !== 1000 && (code < 3000 || code > 4999)) {
      throw new DOMException(`A page may not close with ${code}`, 'InvalidAccessError');
    }
    this.closes.push(code === undefined ? [] : reason === undefined ? [code] : [code, reason]);
    if (this.readyState < 2) this.readyState = 2;
  }

  /** The socket is open. */
  open(): void {
    this.readyState = 1;
    this.#fire(this.onopen, {});
  }

  /** A frame arrives. */
  receive(frame: unknown): void {
    const data = frame instanceof ArrayBuffer || typeof frame === 'string' ? frame : JSON.stringify(frame);
    this.#fire(this.onmessage, { data });
  }

  /** The socket is gone. */
  drop(code = 1006): void {
    this.readyState = 3;
    if (code === 1006) this.#fire(this.onerror, {});
    this.#fire(this.onclose, { code, reason: '' });
  }

  /** Opens, and lets the client in. */
  welcome(limits: Record<string, number> = {}): void {
    this.open();
    this.receive(welcome(limits));
  }

  #fire(handler: Handler<never>, event: object): void {
    handler?.(event as never);
  }
}

export function welcome(
  limits: Record<string, number> = {},
  fields: Readonly<Record<string, unknown>> = {},
): unknown {
  return [
    'welcome',
    { session: 's1', server: 'k9', resumed: false, sent: 0, received: 0, limits, ...fields },
  ];
}

/** A WebSocket class, and the sockets that were made of it, oldest first. */
export function scriptedSockets() {
  const sockets: ScriptedWebSocket[] = [];
  class Recorded extends ScriptedWebSocket {
    constructor(url: string, protocols?: string | string[]) {
      super(url, protocols);
      sockets.push(this);
    }
  }
  const last = (): ScriptedWebSocket => {
    const socket = sockets.at(-1);
    if (!socket) throw new Error('Nothing was dialled');
    return socket;
  };
  return { sockets, last, WebSocket: Recorded };
}

/** Lets everything run that waits for no input and no timer. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 20; i++) await new Promise<void>((resolve) => process.nextTick(resolve));
}
