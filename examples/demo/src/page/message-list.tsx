import type { ConnectionState } from '@hawser/client';
import { useLayoutEffect, useRef } from 'react';
import { useStore } from '../../../shared/src/page/store.js';
import { tab } from '../../../shared/src/page/tab.js';
import type { ChatRoom, OutgoingMessage, ReceivedMessage } from './chat-room.js';
import { clock } from './clock.js';

const NEAR_BOTTOM_PX = 32;

interface MessageListProps {
  readonly room: ChatRoom;
  readonly state: ConnectionState;
}

export function MessageList({ room, state }: MessageListProps) {
  const messages = useStore(room.messages);
  const outgoing = useStore(room.outgoing);
  const { scroller, onScroll } = useStickyBottom(messages.length + outgoing.length);
  const newest = messages.at(-1);
  return (
    <>
      <section
        className="messages"
        ref={scroller}
        onScroll={onScroll}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard
        tabIndex={0}
        aria-label="Messages"
      >
        {messages.length + outgoing.length === 0 && (
          <p className="empty">Nothing said yet. Open this page in a second tab and talk to yourself.</p>
        )}
        <ol data-testid="messages">
          {messages.map((message) => (
            <Received key={message.arrival} message={message} />
          ))}
          {outgoing.map((message) => (
            <Outgoing key={message.key} message={message} room={room} isOpen={state === 'open'} />
          ))}
        </ol>
      </section>
      <p className="visually-hidden" aria-live="polite">
        {newest && newest.tab !== tab && `${newest.name}: ${newest.text}`}
      </p>
    </>
  );
}

function Received({ message }: { readonly message: ReceivedMessage }) {
  const at = new Date(message.at);
  return (
    <li className="message" data-own={message.tab === tab}>
      <p className="by">
        <b>{message.name}</b> <time dateTime={at.toISOString()}>{clock.format(at)}</time>
      </p>
      <p>{message.text}</p>
    </li>
  );
}

interface OutgoingProps {
  readonly message: OutgoingMessage;
  readonly room: ChatRoom;
  readonly isOpen: boolean;
}

function Outgoing({ message, room, isOpen }: OutgoingProps) {
  const { key, name, text, problem } = message;
  return (
    <li className="message" data-own data-outgoing={problem ? 'failed' : 'waiting'} data-testid="outgoing">
      <p className="by">
        <b>{name}</b> <span role="status">{problem ?? (isOpen ? 'sending' : 'waiting for the line')}</span>
      </p>
      <p>{text}</p>
      {problem && (
        <button type="button" data-testid="send-again" onClick={() => room.sendAgain(key)}>
          Send again
        </button>
      )}
    </li>
  );
}

/** Keeps the newest in view, unless the reader has scrolled up. */
function useStickyBottom(count: number) {
  const scroller = useRef<HTMLElement>(null);
  const isAtBottom = useRef(true);
  const onScroll = (): void => {
    const box = scroller.current;
    if (box) isAtBottom.current = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_BOTTOM_PX;
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new message is what moves the bottom
  useLayoutEffect(() => {
    const box = scroller.current;
    if (box && isAtBottom.current) box.scrollTop = box.scrollHeight;
  }, [count]);
  return { scroller, onScroll };
}
