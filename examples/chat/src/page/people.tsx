import { useStream } from '@hawser/react';
import { useState } from 'react';
import type { Room } from '../server/message-store.js';
import { Avatar } from './avatar.js';
import { api, me, rename } from './line.js';

type Names = ReadonlyMap<string, string>;

interface PeopleProps {
  readonly room: Room;
  readonly name: string;
}

export function People({ room, name }: PeopleProps) {
  const people = useStream(api.people, room, {
    initial: (): Names => new Map(),
    reduce(names, { data: change }): Names {
      const next = new Map(change.type === 'here' ? [] : names);
      if (change.type === 'here') for (const { id, meta } of change.members) next.set(id, meta.name);
      else if (change.type === 'leave') next.delete(change.id);
      else next.set(change.id, change.meta.name);
      return next;
    },
  });
  const sorted = [...people.data].sort(([, a], [, b]) => a.localeCompare(b));
  return (
    <section className="panel people" aria-labelledby="people-title" data-status={people.status}>
      <header className="panel-head">
        <h2 id="people-title">
          Here <span data-testid="people-count">{people.data.size}</span>
        </h2>
        {people.status === 'connecting' && <span className="aside">when the line parted</span>}
      </header>
      <ul data-testid="people">
        {sorted.map(([id, who]) => (
          <li key={id}>
            <Avatar name={who} />
            {who}
            {id === me && <span className="aside">you</span>}
          </li>
        ))}
      </ul>
      <NameField room={room} name={name} />
    </section>
  );
}

function NameField({ room, name }: PeopleProps) {
  const [draft, setDraft] = useState(name);
  const commit = (): void => {
    const wanted = draft.trim() || name;
    setDraft(wanted);
    if (wanted !== name) rename(room, wanted);
  };
  return (
    <form
      className="name"
      onSubmit={(event) => {
        event.preventDefault();
        commit();
      }}
    >
      <label htmlFor="name">Your name</label>
      <input
        id="name"
        data-testid="name"
        value={draft}
        maxLength={24}
        autoComplete="off"
        onChange={(event) => setDraft(event.target.value)}
        onBlur={commit}
      />
    </form>
  );
}
