import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';

export const rooms = ['harbour', 'galley', 'crows-nest'] as const;
export const Room = z.enum(rooms);
export type Room = z.infer<typeof Room>;

export const Message = z.object({
  /** Made by whoever writes: the same id is the same message, however often it comes. */
  id: z.string().min(1).max(64),
  room: Room,
  author: z.string().trim().min(1).max(24),
  text: z.string().trim().min(1).max(500),
  /** Milliseconds since 1970, by the server. */
  at: z.number(),
});
export type Message = z.infer<typeof Message>;

const HISTORY = 200;

/** How long it takes to write something down, in ms. It could be a slow one, and far away. */
const WRITE_MS = 100;

/** Stands for the table of a database: it is there before the server starts, and after. */
export class MessageStore {
  readonly #messages: Message[];
  readonly #ids: Set<string>;

  constructor(messages: readonly Message[]) {
    this.#messages = [...messages];
    this.#ids = new Set(messages.map(({ id }) => id));
  }

  /** Resolves when it is written down. Says whether it is new. */
  async add(message: Message): Promise<boolean> {
    if (this.#ids.has(message.id)) return false;
    this.#ids.add(message.id);
    await sleep(WRITE_MS);
    this.#messages.push(message);
    return true;
  }

  /** The newest of a room, oldest first. */
  newest(room: Room): Message[] {
    return this.#messages.filter((message) => message.room === room).slice(-HISTORY);
  }
}
