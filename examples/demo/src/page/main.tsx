import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import '../../../shared/src/page/tokens.css';
import '../../../shared/src/page/base.css';
import { App } from './app.js';
import { Cargo } from './cargo.js';
import { ChatRoom } from './chat-room.js';
import { HarbourMaster } from './harbour-master.js';
import { api, connection } from './line.js';
import { LineRecord } from './line-record.js';
import { followLogbook } from './logbook.js';
import { followMachine } from './machine-feed.js';
import { measureRoundTrips } from './round-trips.js';
import './style.css';
import './tasks.css';

const record = new LineRecord(connection, api);
const trips = measureRoundTrips(api, record);
const feed = followMachine(api, record);
const room = new ChatRoom(api, record);
const cargo = new Cargo(api, record);
const master = new HarbourMaster(api, record);
const ends = followLogbook(api, record);

const page = document.getElementById('page');
if (page) {
  createRoot(page).render(
    <StrictMode>
      <App {...{ record, trips, feed, room, cargo, master, ends }} />
    </StrictMode>,
  );
}
