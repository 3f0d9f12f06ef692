import { type ReactNode, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

/** Renders into the page's `#page`. */
export function show(page: ReactNode): void {
  const root = document.getElementById('page');
  if (root) createRoot(root).render(<StrictMode>{page}</StrictMode>);
}
