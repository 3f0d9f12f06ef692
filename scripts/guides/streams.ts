// What docs/guide/streams.md takes for granted.
import type { Client } from '@hawser/client';
import type { AppRouter } from './server.js';

interface Row {
  readonly id: string;
  readonly amount: number;
}

declare global {
  const model: { tokens(prompt: string, signal: AbortSignal | undefined): AsyncIterable<string> };
  const orders: { count(): Promise<number>; all(): AsyncIterable<Row> };
  const api: Client<AppRouter>;
  const file: File;
  const path: string;
  const signal: AbortSignal;
  const bar: { value: number };
  function numbers(): AsyncGenerator<number>;
  function show(value: unknown): void;
  function enough(text: string): boolean;
}
