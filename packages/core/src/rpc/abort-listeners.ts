interface Waiting {
  readonly callbacks: Set<() => void>;
  readonly listener: () => void;
}

/** What waits for each signal. One listener a signal: runtimes warn of many, and many calls may share one. */
const signals = new WeakMap<AbortSignal, Waiting>();

/** Calls back when the signal aborts, until the returned function is called. */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  const { callbacks, listener } = signals.get(signal) ?? listen(signal);
  callbacks.add(callback);
  return () => {
    callbacks.delete(callback);
    if (callbacks.size > 0) return;
    signals.delete(signal);
    signal.removeEventListener('abort', listener);
  };
}

function listen(signal: AbortSignal): Waiting {
  const callbacks = new Set<() => void>();
  const listener = (): void => {
    for (const callback of callbacks) callback();
  };
  const waiting = { callbacks, listener };
  signals.set(signal, waiting);
  signal.addEventListener('abort', listener, { once: true });
  return waiting;
}
