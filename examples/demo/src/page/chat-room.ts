import { outcomeOf } from '@hawser/client';
import { randomId } from '../../../shared/src/page/random-id.js';
import { Store } from '../../../shared/src/page/store.js';
import type { Message } from '../server/chat.js';
import type { Person } from '../server/presence.js';
import type { Api } from './line.js';
import type { LineRecord } from './line-record.js';

/** `arrival` counts what came, so that a message that came twice would be seen twice. */
export interface ReceivedMessage extends Message {
  readonly arrival: number;
}

/** On its way until the server's stream brings it back. */
export interface OutgoingMessage {
  readonly key: string;
  readonly name: string;
  readonly text: string;
  readonly problem: string | undefined;
}

const KEEP_MESSAGES = 200;

export class ChatRoom {
  readonly messages = new Store<readonly ReceivedMessage[]>([]);
  readonly outgoing = new Store<readonly OutgoingMessage[]>([]);
  readonly people = new Store<readonly Person[]>([]);
  readonly #api: Api;
  readonly #record: LineRecord;
  #arrivals = 0;

  constructor(api: Api, record: LineRecord) {
    this.#api = api;
    this.#record = record;
    this.#follow();
  }

  /** Being listed is nothing but watching the list under that name. Returns what leaves again. */
  join(name: string): () => void {
    const presence = this.#api.chat.people.subscribe(
      { name },
      {
        onData: (people) => {
          this.#record.received += 1;
          this.people.set(people);
        },
        // Each item is the whole list, so a restart has lost nothing that matters.
        onGap: () => {},
        onError: (error) => this.#record.note('bad', `Presence ended: ${error.message}`),
      },
    );
    return () => presence.unsubscribe();
  }

  send(name: string, text: string): void {
    const message: OutgoingMessage = { key: randomId(), name, text, problem: undefined };
    this.outgoing.set([...this.outgoing.value, message]);
    void this.#deliver(message);
  }

  /** Safe even when the first one did arrive: the server knows the key. */
  sendAgain(key: string): void {
    const message = this.outgoing.value.find((outgoing) => outgoing.key === key);
    if (message === undefined) return;
    this.#mark(key, undefined);
    void this.#deliver(message);
  }

  async #deliver({ key, name, text }: OutgoingMessage): Promise<void> {
    try {
      await this.#api.chat.send.mutate({ key, name, text });
    } catch (error) {
      this.#mark(key, outcomeOf(error) === 'unknown' ? 'It may not have arrived.' : 'Not sent.');
    }
  }

  #mark(key: string, problem: string | undefined): void {
    this.outgoing.set(
      this.outgoing.value.map((message) => (message.key === key ? { ...message, problem } : message)),
    );
  }

  #follow(): void {
    // From the very beginning: said in so many words, a restart before the first message is no gap either.
    this.#api.chat.messages.subscribe(
      { lastEventId: '0' },
      {
        onData: ({ data }) => {
          this.#record.received += 1;
          this.#record.chat.see(data.seq);
          this.#show(data);
        },
        onGap: ({ reason }) => this.#record.gap('chat', reason),
        onError: (error) => this.#record.note('bad', `Chat ended: ${error.message}`),
      },
    );
  }

  #show(message: Message): void {
    this.#arrivals += 1;
    const received = { ...message, arrival: this.#arrivals };
    this.messages.set([...this.messages.value.slice(1 - KEEP_MESSAGES), received]);
    const stillOut = this.outgoing.value.filter(({ key }) => key !== message.key);
    if (stillOut.length < this.outgoing.value.length) this.outgoing.set(stillOut);
  }
}
