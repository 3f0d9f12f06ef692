import { useStream } from '@hawser/react';
import { Shell } from '../../../shared/src/page/shell.js';
import { useStore } from '../../../shared/src/page/store.js';
import type { Message } from '../server/message-store.js';
import './chat.css';
import { Composer } from './composer.js';
import { api, connection, myName } from './line.js';
import { Messages } from './messages.js';
import { Outbox } from './outbox.js';
import { People } from './people.js';
import { RoomList } from './room-list.js';
import { rooms, useRoom } from './rooms.js';
import { Typing } from './typing.js';

const outbox = new Outbox();

export function App() {
  return (
    <Shell
      app="chat"
      connection={connection}
      lead="Open a second tab and talk to yourself. Then cut the line and go on writing: it goes out once, in order, when there is a line again."
    >
      <Chat />
    </Shell>
  );
}

function Chat() {
  const room = useRoom();
  const name = useStore(myName);
  const { data: messages } = useStream(api.messages, room, {
    initial: (): readonly Message[] => [],
    reduce(known, { data }) {
      if (data.type === 'history') return data.messages;
      // What was stored while the history was read is in it, and comes again.
      return known.some(({ id }) => id === data.message.id) ? known : [...known, data.message];
    },
  });
  const arrived = new Set(messages.map(({ id }) => id));
  const outgoing = useStore(outbox.entries).filter((entry) => entry.room === room && !arrived.has(entry.id));
  const { title, about } = rooms.find((each) => each.room === room) ?? {};
  return (
    <div className="chat">
      <RoomList current={room} />
      <section className="panel talk" aria-labelledby="room-title">
        <header className="panel-head">
          <h2 id="room-title">{title}</h2>
          <span className="aside">{about}</span>
        </header>
        <Messages messages={messages} outgoing={outgoing} name={name} outbox={outbox} />
        <Typing room={room} spoke={messages.at(-1)} />
        <Composer room={room} outbox={outbox} />
      </section>
      <People room={room} name={name} />
    </div>
  );
}
