// What README.md takes for granted beside its own quick start.
import type { Client } from '@hawser/client';
import type { AppRouter } from './server.js';

declare global {
  const api: Client<AppRouter>;
  const signal: AbortSignal;
  function render(n: number): void;
  function show(error: Error): void;
  function reload(reason: string): void;
}
