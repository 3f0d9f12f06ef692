// What README.md takes for granted where it shows streams.
import type { stream as streamSchema } from '@hawser/adapter-node';
import type { Client } from '@hawser/client';
import type { initTRPC } from '@trpc/server';
import type { z as zod } from 'zod';
import type { router } from './router.js';

declare global {
  const t: ReturnType<typeof initTRPC.create>;
  const z: typeof zod;
  const stream: typeof streamSchema;
  const model: { tokens(prompt: string): AsyncIterable<string> };
  const disk: { write(name: string, chunks: AsyncIterable<Uint8Array>): Promise<void> };
  const api: Client<typeof router>;
  const file: File;
  function show(value: unknown): void;
}
