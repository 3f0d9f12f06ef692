import { initTRPC } from '@trpc/server';
import { z } from 'zod';
import { sealOf } from './seal.mjs';

/**
 * What the server may call at a client.
 * @param {(number: number) => void} confirmed Told of each run, by the number of the mutation that led to it.
 */
export function makeClientRouter(confirmed) {
  const t = initTRPC.create();
  return t.router({
    /** Runs once, or `confirmed` tells. */
    confirm: t.procedure
      .input(z.object({ number: z.number().int(), value: z.string() }))
      .mutation(({ input: { number, value } }) => {
        confirmed(number);
        return { seal: sealOf(value) };
      }),
  });
}

/** @typedef {ReturnType<typeof makeClientRouter>} ClientRouter */
