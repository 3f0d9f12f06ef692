import type { ConnectionState } from '@hawser/client';
import { type FormEvent, useState } from 'react';

interface ComposerProps {
  readonly state: ConnectionState;
  readonly onSend: (text: string) => void;
}

export function Composer({ state, onSend }: ComposerProps) {
  const [draft, setDraft] = useState('');
  const text = draft.trim();
  const isClosed = state === 'closed';
  const send = (event: FormEvent): void => {
    event.preventDefault();
    if (!text || isClosed) return;
    onSend(text);
    setDraft('');
  };
  return (
    <form className="composer" onSubmit={send}>
      <label className="visually-hidden" htmlFor="message">
        Message
      </label>
      <input
        id="message"
        data-testid="message"
        value={draft}
        maxLength={500}
        placeholder={state === 'open' ? 'Say something' : 'It will go when the line is back'}
        autoComplete="off"
        disabled={isClosed}
        onChange={(event) => setDraft(event.target.value)}
      />
      <button type="submit" data-testid="send" disabled={!text || isClosed}>
        Send
      </button>
    </form>
  );
}
