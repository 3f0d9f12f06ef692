import { setTimeout as delay } from 'node:timers/promises';
import { initTRPC } from '@trpc/server';
import { z } from 'zod';

/** How often items come, in ms: many at a time, as from a market. */
const everyMs = 4;

const symbols = Array.from({ length: 20 }, (_, index) => `SYM${index}`);

/** @param {number} seq */
function trade(seq) {
  return { seq, symbol: symbols[seq % symbols.length] ?? '', price: 100 + (seq % 997) / 10, size: seq % 50 };
}

const t = initTRPC.create();

/** Trades at a rate, until there were so many. A subscriber that is slow gets them later, not fewer. */
export const feedRouter = t.router({
  trades: t.procedure.input(z.object({ rate: z.number(), count: z.number() })).subscription(async function* ({
    input: { rate, count },
  }) {
    const begun = performance.now();
    for (let seq = 0; seq < count; await delay(everyMs)) {
      const due = Math.min(count, Math.floor(((performance.now() - begun) * rate) / 1000));
      while (seq < due) yield trade(seq++);
    }
  }),
});
