import { once } from 'node:events';
import type { AddressInfo, Server, Socket } from 'node:net';
import { connect, createServer } from 'node:net';

/** One connection that came in, and its other half. */
interface Pair {
  readonly near: Socket;
  readonly far: Socket;
  /** Both halves stay open, and whatever is sent into them is lost. */
  swallowing: boolean;
}

/** What lies between a client and its server, and what happens to it. */
export class TcpProxy {
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  #targetPort: number;
  #refusing = false;
  /** Bytes that may pass to clients before a cut. */
  #allowance = Number.POSITIVE_INFINITY;
  /** Connections that ever came in, refused ones too. */
  dials = 0;

  private constructor(targetPort: number) {
    this.#targetPort = targetPort;
    this.#server = createServer((near) => this.#accept(near));
  }

  static async to(targetPort: number): Promise<TcpProxy> {
    const proxy = new TcpProxy(targetPort);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Connections that are open now. */
  get open(): number {
    return this.#pairs.size;
  }

  /** Destroys every connection; new ones pass. */
  cut(): void {
    for (const { near, far } of this.#pairs) {
      near.destroy();
      far.destroy();
    }
    this.#pairs.clear();
  }

  /** Cuts when so many more bytes have passed to clients, be it in the middle of a frame. */
  cutAfter(bytes: number): void {
    this.#allowance = bytes;
  }

  /** Makes every connection half-open: neither end hears of the other any more. New ones pass. */
  swallow(): void {
    for (const pair of this.#pairs) pair.swallowing = true;
  }

  /** Cuts, and turns new connections away until `accept`. */
  refuse(): void {
    this.#refusing = true;
    this.cut();
  }

  accept(targetPort = this.#targetPort): void {
    this.#targetPort = targetPort;
    this.#refusing = false;
  }

  async close(): Promise<void> {
    this.refuse();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #accept(near: Socket): void {
    this.dials++;
    near.on('error', () => {});
    if (this.#refusing) {
      near.destroy();
      return;
    }
    const far = connect(this.#targetPort, '127.0.0.1');
    far.on('error', () => {});
    const pair: Pair = { near, far, swallowing: false };
    this.#pairs.add(pair);
    this.#forward(pair, near, far);
    this.#forward(pair, far, near);
  }

  /** Hands on what may pass to a client. */
  #pass(chunk: Buffer, client: Socket): void {
    const passes = chunk.subarray(0, this.#allowance);
    this.#allowance -= chunk.length;
    if (this.#allowance > 0) return void client.write(passes);
    this.#allowance = Number.POSITIVE_INFINITY;
    client.write(passes, () => this.cut());
  }

  #forward(pair: Pair, from: Socket, to: Socket): void {
    from.on('data', (chunk) => {
      if (pair.swallowing) return;
      if (from === pair.near) to.write(chunk);
      else this.#pass(chunk, to);
    });
    from.on('close', () => {
      if (pair.swallowing) return;
      to.destroy();
      this.#pairs.delete(pair);
    });
  }
}
