import { useEffect, useState } from 'react';
import { loadName, saveName } from '../../../shared/src/page/own-name.js';
import { useStore } from '../../../shared/src/page/store.js';
import type { ChatRoom } from './chat-room.js';
import { Composer } from './composer.js';
import type { LineRecord } from './line-record.js';
import { MessageList } from './message-list.js';
import { NameField } from './name-field.js';
import { PeopleList } from './people-list.js';

export function ChatPanel({ room, record }: { readonly room: ChatRoom; readonly record: LineRecord }) {
  const [name, setName] = useState(loadName);
  const { state } = useStore(record.status);
  useEffect(() => room.join(name), [room, name]);
  const rename = (wanted: string): void => {
    saveName(wanted);
    setName(wanted);
  };
  return (
    <section className="panel chat" aria-labelledby="chat-title" data-testid="chat">
      <header className="panel-head">
        <h2 id="chat-title">Between tabs</h2>
        <NameField name={name} onRename={rename} />
      </header>
      <PeopleList room={room} />
      <MessageList room={room} state={state} />
      <Composer state={state} onSend={(text) => room.send(name, text)} />
    </section>
  );
}
