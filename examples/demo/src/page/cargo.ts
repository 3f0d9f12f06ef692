import { randomId } from '../../../shared/src/page/random-id.js';
import { Store } from '../../../shared/src/page/store.js';
import type { Receipt } from '../server/cargo.js';
import { inPieces } from './in-pieces.js';
import type { Api } from './line.js';
import type { LineRecord } from './line-record.js';
import { type OwnDigest, ownDigest } from './own-digest.js';

/** One file on its way to the server, or there. */
export interface Shipment {
  readonly task: string;
  readonly file: File;
  /** As it was at the beginning: a browser says another one when the file has changed meanwhile. */
  readonly size: number;
  /** Bytes that the server has taken. */
  readonly taken: number;
  /** What was taken when the line went, each time that it did. */
  readonly cuts: readonly number[];
  readonly ownDigest: OwnDigest;
  /** Undefined while it is on its way. */
  readonly end: ShipmentEnd | undefined;
}

export type ShipmentEnd =
  | { readonly kind: 'arrived'; readonly receipt: Receipt; readonly afterMs: number }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly reason: string };

/** Sends one file at a time. Where the line went is marked, and that is all that an outage has to do with it. */
export class Cargo {
  readonly shipment = new Store<Shipment | undefined>(undefined);
  readonly #api: Api;
  #cancelling = new AbortController();

  constructor(api: Api, record: LineRecord) {
    this.#api = api;
    let wasOpen = false;
    record.status.subscribe(() => {
      const isOpen = record.status.value.state === 'open';
      if (wasOpen && !isOpen) this.#markCut();
      wasOpen = isOpen;
    });
  }

  /** One that is on its way is given up for it. */
  send(file: File, bytesPerSecond: number | undefined): void {
    this.cancel();
    this.#cancelling = new AbortController();
    const task = randomId();
    const unsent = { taken: 0, cuts: [], ownDigest: 'pending', end: undefined } as const;
    const shipment: Shipment = { task, file, size: file.size, ...unsent };
    this.shipment.set(shipment);
    void ownDigest(file).then((digest) => this.#change(task, { ownDigest: digest }));
    void this.#ship(shipment, bytesPerSecond);
  }

  cancel(): void {
    this.#cancelling.abort();
  }

  async #ship({ task, file, size }: Shipment, bytesPerSecond: number | undefined): Promise<void> {
    const { signal } = this.#cancelling;
    const start = performance.now();
    try {
      const receipt = await this.#api.send.mutate(
        { task, bytesPerSecond, file: file.stream().pipeThrough(inPieces()) },
        { signal, onProgress: ({ bytes }) => this.#change(task, { taken: bytes }) },
      );
      const afterMs = performance.now() - start;
      // Chromium ends the stream of a file that has become shorter as if nothing were wrong.
      const end: ShipmentEnd =
        receipt.bytes === size
          ? { kind: 'arrived', receipt, afterMs }
          : { kind: 'failed', reason: 'The file has changed meanwhile' };
      this.#change(task, { taken: receipt.bytes, end });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#change(task, { end: signal.aborted ? { kind: 'cancelled' } : { kind: 'failed', reason } });
    }
  }

  #markCut(): void {
    const it = this.shipment.value;
    if (it && !it.end) this.#change(it.task, { cuts: [...it.cuts, it.taken] });
  }

  /** What is told of an earlier one comes too late. */
  #change(task: string, change: Partial<Shipment>): void {
    const it = this.shipment.value;
    if (it?.task === task) this.shipment.set({ ...it, ...change });
  }
}
