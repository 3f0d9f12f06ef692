import { useStore } from '../../../shared/src/page/store.js';
import { tab } from '../../../shared/src/page/tab.js';
import type { ChatRoom } from './chat-room.js';

export function PeopleList({ room }: { readonly room: ChatRoom }) {
  const people = useStore(room.people);
  return (
    <div className="people">
      <h3 id="people-title">
        <span data-testid="people-count">{people.length}</span> here
      </h3>
      <ul aria-labelledby="people-title" data-testid="people">
        {people.map((person) => (
          <li key={person.tab}>
            {person.name}
            {person.tab === tab && <span className="aside"> (this tab)</span>}
          </li>
        ))}
      </ul>
    </div>
  );
}
