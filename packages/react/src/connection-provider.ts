import type { ReactElement, ReactNode } from 'react';
import { createContext, createElement } from 'react';
import type { ConnectionLike } from './connection-like.js';

export const ConnectionContext = createContext<ConnectionLike | undefined>(undefined);

export interface ConnectionProviderProps {
  readonly connection: ConnectionLike;
  readonly children?: ReactNode;
}

/**
 * The connection of the components inside: `useConnection()` reads it, and `useStream` shows its outages. It does
 * not close it.
 */
export function ConnectionProvider({ connection, children }: ConnectionProviderProps): ReactElement {
  return createElement(ConnectionContext.Provider, { value: connection }, children);
}
