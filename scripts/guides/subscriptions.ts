// What docs/guide/subscriptions.md takes for granted.
import type { Client, ObserveOptions } from '@hawser/client';
import { initTRPC } from '@trpc/server';
import { z } from 'zod';

interface Message {
  readonly id: string;
  readonly text: string;
}

interface Price {
  readonly symbol: string;
  readonly price: number;
}

const trpc = initTRPC.create();
const router = trpc.router({
  ticks: trpc.procedure.input(z.object({ symbol: z.string() })).subscription(async function* () {
    yield 1;
  }),
  presence: trpc.procedure.input(z.string()).subscription(async function* () {
    yield ['Ada'];
  }),
});

type Callbacks = ObserveOptions<number, Error>;

declare global {
  const t: typeof trpc;
  const api: Client<typeof router>;
  const room: string;
  const log: {
    after(room: string, id: string | undefined, signal: AbortSignal | undefined): AsyncIterable<Message>;
    newestId(room: string): string;
  };
  function feed(signal: AbortSignal | undefined): AsyncIterable<Price>;
  function lines(signal: AbortSignal | undefined): AsyncIterable<string>;
  function render(tick: number): void;
  function show(people: readonly string[]): void;
  const onData: NonNullable<Callbacks['onData']>;
  const onError: NonNullable<Callbacks['onError']>;
  const onComplete: NonNullable<Callbacks['onComplete']>;
  const onGap: NonNullable<Callbacks['onGap']>;
}
