import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.js';
import { ChatRoom } from './chat-room.js';
import { api, connection } from './line.js';
import { LineRecord } from './line-record.js';
import { followMachine } from './machine-feed.js';
import { measureRoundTrips } from './round-trips.js';
import './style.css';

const record = new LineRecord(connection, api);
const trips = measureRoundTrips(api, record);
const feed = followMachine(api, record);
const room = new ChatRoom(api, record);

const page = document.getElementById('page');
if (page) {
  createRoot(page).render(
    <StrictMode>
      <App record={record} trips={trips} feed={feed} room={room} />
    </StrictMode>,
  );
}
