import type { ReactNode } from 'react';
import '../page/tokens.css';
import '../page/base.css';
import { type AppPath, apps } from '../page/apps.js';
import { Brand } from '../page/brand.js';
import { ChatDrawing, GameDrawing, LineDrawing, ScoresDrawing, TickerDrawing } from './drawings.js';
import './start.css';

interface Card {
  readonly drawing: ReactNode;
  readonly what: string;
  readonly hard: string;
}

const cards: Record<AppPath, Card> = {
  chat: {
    drawing: <ChatDrawing />,
    what: 'Rooms, history, who is here and who types.',
    hard: 'Write while the line is cut. It goes out once, in order.',
  },
  ticker: {
    drawing: <TickerDrawing />,
    what: 'An order book and its trades, thousands of updates a second.',
    hard: 'A slow page skips to the newest. An order is placed once.',
  },
  scores: {
    drawing: <ScoresDrawing />,
    what: 'Four matches as they happen.',
    hard: 'Be away for minutes, or for hours, and miss nothing that can be known.',
  },
  game: {
    drawing: <GameDrawing />,
    what: 'Everybody on one sea, thirty ticks a second.',
    hard: 'The server is the referee, and it calls you.',
  },
  demo: {
    drawing: <LineDrawing />,
    what: 'The line itself: calls, streams, files, and every figure of them.',
    hard: 'Cut it, lose the session, and count what is missing.',
  },
};

export function Start() {
  return (
    <>
      <header className="quay">
        <p className="brand">
          <Brand />
        </p>
        <h1>
          Cut the line.
          <br />
          Nothing is lost.
        </h1>
        <p className="promise">
          Chat, a ticker, live scores and a game: what WebSockets are for, each on one line that you can cut
          and with a server that you can restart. Open two tabs.
        </p>
      </header>
      <main>
        <ul className="berths">
          {apps.map(({ path, title }) => (
            <li key={path} data-app={path}>
              <a href={`${path}/`}>
                {cards[path].drawing}
                <span className="card-title">{title}</span>
                <span>{cards[path].what}</span>
                <span className="hard">{cards[path].hard}</span>
              </a>
            </li>
          ))}
        </ul>
      </main>
    </>
  );
}
