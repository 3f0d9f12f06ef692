// What docs/guide/channels.md takes for granted.
import type { channel as makeChannel } from '@hawser/adapter-node';
import type { Client } from '@hawser/client';
import type { initTRPC } from '@trpc/server';
import { z as zod } from 'zod';
import type { AppRouter } from './server.js';

const price = zod.object({ symbol: zod.string(), price: zod.number() });

declare global {
  const api: Client<AppRouter>;
  const t: ReturnType<typeof initTRPC.create>;
  const z: typeof zod;
  const channel: typeof makeChannel;
  const prices: ReturnType<typeof makeChannel<typeof price>>;
  const matches: { score(id: string): Promise<{ home: number; away: number }> };
  const room: string;
  function show(...texts: readonly string[]): void;
  function list(people: readonly { readonly name: string }[]): void;
  function reload(room: string): void;
}
