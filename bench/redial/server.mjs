// The server of `redial`, in a process of its own: answers each order with one message.
import { once } from 'node:events';
import { createServer } from 'node:http';
import process from 'node:process';
import { setTimeout } from 'node:timers/promises';
import { serve } from '@hawser/adapter-node';
import { initTRPC, tracked } from '@trpc/server';
import { z } from 'zod';
import { cpuTime } from '../cpu-time.mjs';
import { News } from './news.mjs';
import { now } from './now.mjs';

/** As many as the kernel takes by default: all clients may knock at once. */
const backlog = 4096;

/** Sessions have news in groups: all at once would keep the server from accepting anybody meanwhile. */
const groups = Array.from({ length: 20 }, () => new News());

/** From one group's news to the next one's, after the cut. */
const newsMs = 100;

/** Sessions as `createContext` saw them: before the cut, those of them that it saw again, and others. */
const before = new Set();
const resumed = new Set();
const others = new Set();

/** When sockets came after the cut. */
/** @type {number[]} */
const dials = [];
let upgrades = 0;
let cutAt = Number.POSITIVE_INFINITY;

const number = z.number().int();
const t = initTRPC.create();
const router = t.router({
  ticks: t.procedure
    .input(z.object({ number, lastEventId: z.string().optional() }))
    .subscription(async function* ({ input }) {
      for await (const seq of newsOf(input.number).after(Number(input.lastEventId ?? 0)))
        yield tracked(String(seq), seq);
    }),
  held: t.procedure.input(number).query(async ({ input }) => {
    await newsOf(input).released;
    return input;
  }),
});

const http = createServer();
const sockets = new Set();
http.on('connection', (socket) => {
  if (isCut()) dials.push(now());
  sockets.add(socket);
  socket.once('close', () => sockets.delete(socket));
});
http.on('upgrade', () => {
  if (isCut()) upgrades++;
});
const server = await serve({
  router,
  server: http,
  createContext: ({ session }) => {
    if (!isCut()) before.add(session.id);
    else (before.has(session.id) ? resumed : others).add(session.id);
    return {};
  },
});
http.listen({ port: 0, host: '127.0.0.1', backlog });
await once(http, 'listening');

/** @type {Record<string, () => unknown>} */
const orders = {
  /** One item for each stream. */
  tick: tickAll,
  /** Items follow, and half of the answers, while many have no socket. */
  cut() {
    const alive = server.sessions;
    cutAt = now();
    for (const socket of sockets) socket.destroy();
    const cutMs = now() - cutAt;
    void spreadNews();
    return { alive, cutAt, cutMs };
  },
  cpu: cpuTime,
  /** How many sessions are back, or lost. */
  back: () => resumed.size + others.size,
  /** The last item, and the other half of the answers. */
  finish() {
    tickAll();
    for (const group of groups) group.release();
  },
  report: () => ({
    alive: server.sessions,
    before: before.size,
    resumed: resumed.size,
    others: others.size,
    dials: dials.map((at) => at - cutAt),
    upgrades,
  }),
};

process.on('disconnect', () => process.exit());
process.on('message', (/** @type {{ order: string }} */ { order }) => {
  process.send?.({ answer: orders[order]?.() });
});
process.send?.({ answer: `ws://127.0.0.1:${server.port}` });

function isCut() {
  return cutAt !== Number.POSITIVE_INFINITY;
}

/** @param {number} number */
function newsOf(number) {
  return /** @type {News} */ (groups[number % groups.length]);
}

function tickAll() {
  for (const group of groups) group.tick();
}

async function spreadNews() {
  for (const [i, group] of groups.entries()) {
    group.tick();
    if (i % 2 === 0) group.release();
    await setTimeout(newsMs);
  }
}
