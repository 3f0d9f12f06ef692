import { Seeded } from '../seeded.mjs';
import { AskLoad } from './ask-load.mjs';
import { BytesLoad } from './bytes-load.mjs';
import { CallBook } from './call-book.mjs';
import { CallLoad } from './call-load.mjs';
import { DownloadLoad } from './download-load.mjs';
import { DuplexLoad } from './duplex-load.mjs';
import { ResultReader } from './result-reader.mjs';
import { StreamLoad } from './stream-load.mjs';
import { UploadLoad } from './upload-load.mjs';

/** One client: what it does, and what it was told. */
export class ClientLoad {
  #load;
  #book;
  #streams;
  #reader;
  /** @type {readonly { start(): void }[]} */
  #parts;

  /** @param {Omit<import('./call-book.mjs').Load, 'random'>} load */
  constructor(load) {
    this.mutations = load.mutations;
    this.#load = { ...load, random: new Seeded(load.seed, 'client', load.number) };
    this.#book = new CallBook(this.#load);
    this.#streams = new StreamLoad(this.#load);
    this.#reader = new ResultReader(this.#load);
    this.#parts = [new CallLoad(this.#load, this.#book), this.#streams, ...this.#valueLoads()];
  }

  /** Resolves when the line is there. */
  async check() {
    const { client, tally, number } = this.#load;
    let runs = 0;
    client.watch((_, reason = 'before it began') => {
      if (runs++ > 0) tally.sessionsLost[reason] = (tally.sessionsLost[reason] ?? 0) + 1;
    });
    await client.echo({ value: `client ${number}`, delayMs: 0 });
  }

  start() {
    for (const part of this.#parts) part.start();
  }

  get settled() {
    const { sources } = this.#load;
    return this.#book.open === 0 && this.#openStreams.length === 0 && sources.open === 0;
  }

  /** Counts what is still open; called once, at the very end. */
  count() {
    const { tally, number, sources } = this.#load;
    const { open } = this.#book;
    tally.unsettledCalls += open;
    tally.unsettledStreams += this.#openStreams.length;
    tally.unsettledSources += sources.open;
    if (open > 0) tally.example(number, 'unsettled', `${open} calls were never settled`);
    if (sources.open > 0) tally.example(number, 'unsettled', `${sources.open} sources were never closed`);
    for (const stream of this.#openStreams) tally.example(number, 'unsettled', `${stream}, and not over`);
  }

  close() {
    this.#load.client.close();
  }

  get #openStreams() {
    return [...this.#streams.open, ...this.#reader.open];
  }

  /** What only some contenders carry. */
  #valueLoads() {
    const { values } = this.#load.client;
    if (!values) return [];
    return [
      new BytesLoad(this.#load, this.#book, values),
      new UploadLoad(this.#load, this.#book, values),
      new DownloadLoad(this.#load, this.#book, this.#reader, values),
      new DuplexLoad(this.#load, this.#book, this.#reader, values),
      new AskLoad(this.#load, this.#book, values),
    ];
  }
}
