import { StrictMode } from 'react';
import { renderToString } from 'react-dom/server';
import { App, harness } from './app.tsx';

/** The HTML of a scene, rendered where there is no page. */
export function renderPage(scene: string): string {
  return renderToString(
    <StrictMode>
      <App own={harness('ws://127.0.0.1/rpc')} scene={scene} />
    </StrictMode>,
  );
}
