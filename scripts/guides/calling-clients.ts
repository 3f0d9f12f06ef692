// What docs/guide/calling-clients.md takes for granted.
import type { Client } from '@hawser/client';
import type { ClientRouter } from './client-router.js';

interface User {
  readonly id: string;
}

declare global {
  const page: {
    ask(question: string): Promise<boolean>;
    toast(text: string): void;
    log(): AsyncGenerator<string>;
  };
  const client: Client<ClientRouter>;
  const signal: AbortSignal;
  function userOf(token: unknown): Promise<User | undefined>;
  function store(line: string): Promise<void>;
}
