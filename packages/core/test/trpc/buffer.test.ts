import { EventEmitter, on } from 'node:events';
import { tracked } from '@trpc/server';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BufferOptions } from '../../src/trpc/buffer.ts';
import { buffer, dropped, droppedOf } from '../../src/trpc/buffer.ts';
import { position, positionOf } from '../../src/trpc/position.ts';
import { CountedStream, upTo } from '../harness/counted-stream.ts';
import { Gate } from '../harness/gate.ts';
import { microtasks } from '../harness/settling.ts';

/** A source that gives what the test says, when the test says so, and waits for nobody. */
class Feed<T> implements AsyncIterableIterator<T, undefined, undefined> {
  /** How often an item was asked for. */
  pulled = 0;
  returned = 0;
  #next = new Gate<IteratorResult<T, undefined>>();
  #given: Promise<IteratorResult<T, undefined>>[] = [];

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<T, undefined>> {
    this.pulled++;
    return this.#given.shift() ?? this.#next.promise;
  }

  async return(): Promise<IteratorResult<T, undefined>> {
    this.returned++;
    return { done: true, value: undefined };
  }

  /** Gives items and lets the buffer take them. */
  async give(...items: readonly T[]): Promise<void> {
    for (const value of items) await this.#settle((gate) => gate.open({ done: false, value }));
  }

  end(): Promise<void> {
    return this.#settle((gate) => gate.open({ done: true, value: undefined }));
  }

  fail(error: unknown): Promise<void> {
    return this.#settle((gate) => gate.fail(error));
  }

  async #settle(how: (gate: Gate<IteratorResult<T, undefined>>) => void): Promise<void> {
    const gate = this.#next;
    this.#next = new Gate();
    if (this.pulled === this.#settled) this.#given.push(gate.promise);
    this.#settled++;
    how(gate);
    await microtasks();
  }

  #settled = 0;
}
