import type { Store } from '../../../shared/src/page/store.js';
import type { Cargo } from './cargo.js';
import { CargoPanel } from './cargo-panel.js';
import { ChatPanel } from './chat-panel.js';
import type { ChatRoom } from './chat-room.js';
import type { HarbourMaster } from './harbour-master.js';
import { HarbourPanel } from './harbour-panel.js';
import { LinePanel } from './line-panel.js';
import type { LineRecord } from './line-record.js';
import type { Ends } from './logbook.js';
import type { MachineFeed } from './machine-feed.js';
import { MachinePanel } from './machine-panel.js';
import type { RoundTrips } from './round-trips.js';

interface AppProps {
  readonly record: LineRecord;
  readonly trips: RoundTrips;
  readonly feed: MachineFeed;
  readonly room: ChatRoom;
  readonly cargo: Cargo;
  readonly master: HarbourMaster;
  readonly ends: Store<Ends>;
}

/** The demo also runs by itself. */
const isAmongOthers = location.pathname !== '/';

export function App({ record, trips, feed, room, cargo, master, ends }: AppProps) {
  return (
    <>
      <header className="masthead">
        <h1>
          <svg viewBox="0 0 32 20" aria-hidden="true">
            <circle cx="10" cy="10" r="7.5" />
            <path d="M17.5 10H32" />
          </svg>
          Hawser
        </h1>
        <p>Everything on this page comes over one WebSocket. Cut it: the session goes on.</p>
        {isAmongOthers && <a href="../">All examples</a>}
      </header>
      <main>
        <LinePanel record={record} trips={trips} />
        <MachinePanel feed={feed} record={record} />
        <ChatPanel room={room} record={record} />
        <div className="tasks">
          <CargoPanel cargo={cargo} record={record} ends={ends} />
          <HarbourPanel master={master} record={record} ends={ends} />
        </div>
      </main>
    </>
  );
}
