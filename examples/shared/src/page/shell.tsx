import type { Connection } from '@hawser/client';
import { ConnectionProvider } from '@hawser/react';
import type { ReactNode } from 'react';
import { type AppPath, apps } from './apps.js';
import { Header } from './header.js';
import './tokens.css';
import './base.css';
import './shell.css';

interface ShellProps {
  readonly app: AppPath;
  readonly connection: Connection;
  /** One sentence: what to see here. */
  readonly lead: ReactNode;
  readonly children: ReactNode;
}

/** What all apps have in common: the header with the line and its scissors, a title, and the connection for hooks. */
export function Shell({ app, connection, lead, children }: ShellProps) {
  return (
    <ConnectionProvider connection={connection}>
      <Header app={app} />
      <main className="main" data-app={app}>
        <div className="title">
          <h1>{apps.find(({ path }) => path === app)?.title}</h1>
          <p>{lead}</p>
        </div>
        {children}
      </main>
    </ConnectionProvider>
  );
}
