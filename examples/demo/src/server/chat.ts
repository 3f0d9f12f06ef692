import { Journal } from './journal.js';

export interface Message {
  /** Made by the sender. The same key sent twice is the same message. */
  readonly key: string;
  readonly tab: string;
  readonly name: string;
  readonly text: string;
  readonly at: number;
}

const KEEP_MESSAGES = 200;

export class Chat {
  /** Numbered from the clock, so that a page's last id stays behind what a restarted server says next. */
  readonly messages = new Journal<Message>(KEEP_MESSAGES, Date.now());

  /** Whoever is not sure that a message arrived may send it again: it is written once. */
  send(message: Omit<Message, 'at'>): void {
    const known = this.messages.entries.some(({ value }) => value.key === message.key);
    if (!known) this.messages.append({ ...message, at: Date.now() });
  }
}
