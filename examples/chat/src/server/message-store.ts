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

/** What whoever writes says of a message. Who that is, is not for them to say. */
export const Draft = Message.pick({ id: true, room: true, text: true });
export type Draft = z.infer<typeof Draft>;

const HISTORY = 200;

/** How long it takes to write something down, and to read it, in ms. It could be a slow one, and far away. */
const WRITE_MS = 100;
const READ_MS = 50;

/** Stands for the table of a database: it is there before the server starts, and after. */
export class MessageStore {
  readonly #messages: Message[];
  readonly #write: (message: Message) => Promise<unknown>;
  /** Those that have begun and did not fail, by the id of their message. */
  readonly #writes = new Map<string, Promise<unknown>>();

  constructor(messages: readonly Message[], write: (message: Message) => Promise<unknown> = slowly) {
    this.#messages = [...messages];
    this.#write = write;
    for (const { id } of messages) this.#writes.set(id, Promise.resolve());
  }

  /**
   * Resolves when it is written down, also for whoever sends it again in the meantime, and says whether it is new.
   * Rejects when it could not be written, and knows nothing of it then.
   */
  async add(message: Message): Promise<boolean> {
    const begun = this.#writes.get(message.id);
    const writing = begun ?? this.#insert(message);
    this.#writes.set(message.id, writing);
    await writing;
    return begun === undefined;
  }

  /** The newest of a room, oldest first. */
  async newest(room: Room): Promise<Message[]> {
    await sleep(READ_MS);
    return this.#messages.filter((message) => message.room === room).slice(-HISTORY);
  }

  async #insert(message: Message): Promise<void> {
    try {
      await this.#write(message);
      this.#messages.push(message);
    } catch (error) {
      this.#writes.delete(message.id);
      throw error;
    }
  }
}

const slowly = (): Promise<unknown> => sleep(WRITE_MS);
