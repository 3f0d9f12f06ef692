import { useConnection } from '@hawser/react';
import type { Message } from '../server/message-store.js';
import { Avatar } from './avatar.js';
import type { Outbox, Outgoing } from './outbox.js';

interface MessagesProps {
  readonly messages: readonly Message[];
  readonly outgoing: readonly Outgoing[];
  /** Whose the outgoing ones are. */
  readonly name: string;
  readonly outbox: Outbox;
}

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });

/** Scrolled to its end, until somebody scrolls it. */
export function Messages({ messages, outgoing, name, outbox }: MessagesProps) {
  const { state } = useConnection();
  const unsent = state === 'open' ? 'on its way' : 'waits for the line';
  return (
    <div className="messages">
      <ol data-testid="messages" aria-label="Messages" aria-live="polite">
        {messages.map((message, index) => (
          <li key={message.id} className="message" data-follows={follows(message, messages[index - 1])}>
            <Avatar name={message.author} />
            <p className="by">
              <b>{message.author}</b> <time>{clock.format(message.at)}</time>
            </p>
            <p>{message.text}</p>
          </li>
        ))}
        {outgoing.map(({ id, text, state }) => (
          <li key={id} className="message" data-outgoing={state}>
            <Avatar name={name} />
            <p className="by">
              <b>{name}</b> {state === 'refused' ? 'not accepted' : unsent}
              {state === 'refused' && (
                <>
                  <button type="button" className="link" onClick={() => outbox.sendAgain(id)}>
                    try again
                  </button>
                  <button type="button" className="link" onClick={() => outbox.discard(id)}>
                    discard
                  </button>
                </>
              )}
            </p>
            <p>{text}</p>
          </li>
        ))}
      </ol>
    </div>
  );
}

const SOON_MS = 300_000;

/** Whether a message goes on with what the same author has just said. */
function follows(message: Message, before: Message | undefined): boolean {
  return before?.author === message.author && message.at - before.at < SOON_MS;
}
