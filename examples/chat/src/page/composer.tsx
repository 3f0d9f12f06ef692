import { useConnection } from '@hawser/react';
import { useRef, useState } from 'react';
import { randomId } from '../../../shared/src/page/random-id.js';
import type { Room } from '../server/message-store.js';
import { api } from './line.js';
import type { Outbox } from './outbox.js';
import { SAY_EVERY_MS } from './typing.js';

interface ComposerProps {
  readonly room: Room;
  readonly outbox: Outbox;
}

export function Composer({ room, outbox }: ComposerProps) {
  const [text, setText] = useState('');
  const { state } = useConnection();
  const said = useRef(0);
  const write = (next: string): void => {
    setText(next);
    if (state !== 'open' || next === '' || Date.now() - said.current < SAY_EVERY_MS) return;
    said.current = Date.now();
    // Nobody needs to know whether it arrived.
    api.typing.say.mutate(room).catch(() => {});
  };
  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() === '') return;
        outbox.send({ id: randomId(), room, text: text.trim() });
        setText('');
        said.current = 0;
      }}
    >
      <label className="visually-hidden" htmlFor="message">
        Message
      </label>
      <input
        id="message"
        data-testid="message"
        value={text}
        maxLength={500}
        autoComplete="off"
        placeholder={state === 'open' ? 'Say something' : 'Write on: it waits for the line'}
        onChange={(event) => write(event.target.value)}
      />
      <button type="submit" className="primary" data-testid="send">
        Send
      </button>
    </form>
  );
}
