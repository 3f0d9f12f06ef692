import { createElement } from 'react';
import { createRoot } from 'react-dom/client';
import { probe } from './probe.mjs';

/**
 * @typedef {{ rate: number, count: number }} Input
 * @typedef {(props: { input: Input }) => import('react').ReactNode} Hooked
 */

/**
 * Mounts the component when the benchmark says so, by `start` of the window.
 * @param {Hooked} component
 * @returns {void}
 */
export function startWith(component) {
  Object.assign(window, { start: (/** @type {Input} */ input) => mount(component, input) });
}

/**
 * What was seen until its stream has ended.
 * @param {Hooked} component
 * @param {Input} input
 */
function mount(component, input) {
  const root = createRoot(/** @type {Element} */ (document.getElementById('root')));
  probe.begin();
  root.render(createElement(component, { input }));
  return probe.ended;
}
