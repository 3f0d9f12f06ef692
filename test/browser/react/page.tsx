import { StrictMode } from 'react';
import { hydrateRoot } from 'react-dom/client';
import { App, type Harness, harness } from './app.tsx';
import { FrameCount } from './frame-count.ts';

declare global {
  interface Window {
    own: Harness;
    frameCount: FrameCount;
  }
}

const own = harness('/rpc');
window.own = own;
window.frameCount = new FrameCount(own);

const root = document.getElementById('root');
if (!root) throw new Error('The server sent no page');
hydrateRoot(
  root,
  <StrictMode>
    <App own={own} scene={location.pathname.slice(1)} />
  </StrictMode>,
);
