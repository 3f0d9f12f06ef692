import { describe, expect, test } from 'vitest';
import { type Message, MessageStore } from '../../../examples/chat/src/server/message-store.ts';

const message: Message = { id: '1', room: 'galley', author: 'Ann', text: 'Soup?', at: 0 };

describe('the store of the chat', () => {
  test('answers who sends again when it is written down, and not before', async () => {
    const database = new Database();
    const store = new MessageStore([], database.write);
    const answers: boolean[] = [];
    const adding = [store.add(message), store.add(message)].map(async (added) => answers.push(await added));
    await Promise.resolve();
    expect(answers).toEqual([]);
    database.writes[0]?.resolve();
    await Promise.all(adding);
    expect(answers).toEqual([true, false]);
    expect(database.writes).toHaveLength(1);
    expect(await store.newest('galley')).toEqual([message]);
  });

  test('forgets a write that failed, so that it may be tried again', async () => {
    const database = new Database();
    const store = new MessageStore([], database.write);
    const adding = Promise.allSettled([store.add(message), store.add(message)]);
    const full = new Error('The disk is full');
    database.writes[0]?.reject(full);
    const failed = { status: 'rejected', reason: full };
    expect(await adding).toEqual([failed, failed]);
    expect(await store.newest('galley')).toEqual([]);

    const again = store.add(message);
    database.writes[1]?.resolve();
    expect(await again).toBe(true);
    expect(await store.add(message)).toBe(false);
    expect(await store.newest('galley')).toEqual([message]);
  });

  test('knows what was there before', async () => {
    const database = new Database();
    expect(await new MessageStore([message], database.write).add(message)).toBe(false);
    expect(database.writes).toEqual([]);
  });
});

/** Writes when it is told to. */
class Database {
  readonly writes: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = [];

  readonly write = (): Promise<void> =>
    new Promise((resolve, reject) => {
      this.writes.push({ resolve, reject });
    });
}
