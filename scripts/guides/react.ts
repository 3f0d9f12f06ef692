// What docs/guide/react.md takes for granted.
import type { Client } from '@hawser/client';
import type { initTRPC } from '@trpc/server';
import type { TRPCOptionsProxy } from '@trpc/tanstack-react-query';
import type { ReactNode } from 'react';
import type { z as zod } from 'zod';
import type { AppRouter } from './server.js';

type Signal = AbortSignal | undefined;

declare global {
  interface Trade {
    readonly id: string;
    readonly price: number;
    readonly size: number;
  }
  const t: ReturnType<typeof initTRPC.create>;
  const z: typeof zod;
  const market: {
    trades(symbol: string, signal: Signal): AsyncIterable<Trade>;
    book(symbol: string, signal: Signal): AsyncIterable<{ readonly levels: [string, number][] }>;
  };
  const rooms: {
    people(id: string, signal: Signal): AsyncIterable<string[]>;
    find(id: string): Promise<{ readonly name: string }>;
  };
  function lines(signal: Signal): AsyncIterable<string>;
  const api: Client<AppRouter>;
  const trpc: TRPCOptionsProxy<AppRouter>;
  function rows(book: ReadonlyMap<string, number>): ReactNode;
}
