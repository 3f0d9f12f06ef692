import type { Room } from '../server/message-store.js';
import { rooms } from './rooms.js';

export function RoomList({ current }: { readonly current: Room }) {
  return (
    <nav className="panel rooms" aria-label="Rooms">
      <h2>Rooms</h2>
      <ul>
        {rooms.map(({ room, title }) => (
          <li key={room}>
            <a href={`#${room}`} aria-current={room === current ? 'true' : undefined}>
              {title}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
