import { PlainAbortController } from './plain-abort.ts';

function forbidden(name: string): () => never {
  return () => {
    throw new Error(`${name} is real, and was used inside a simulated world`);
  };
}

const timers = [
  'setTimeout',
  'setInterval',
  'setImmediate',
  'clearTimeout',
  'clearInterval',
  'clearImmediate',
] as const;

/** Whatever is touched of it throws. */
function mirage(name: string): object {
  const touched = forbidden(name);
  return new Proxy(touched, { get: touched, apply: touched, construct: touched, has: touched });
}

const substitutes = new Map<string, unknown>([
  ...timers.map((name): [string, unknown] => [name, forbidden(name)]),
  ['Date', mirage('Date')],
  ['performance', mirage('performance')],
  ['crypto', mirage('crypto')],
  ['AbortController', PlainAbortController],
]);

/** Takes away real time and real randomness, until the returned function is called. */
export function quarantine(): () => void {
  const { random } = Math;
  const real = [...substitutes.keys()].map((name) => [
    name,
    Object.getOwnPropertyDescriptor(globalThis, name),
  ]);
  Math.random = forbidden('Math.random');
  for (const [name, value] of substitutes) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  return () => {
    Math.random = random;
    for (const [name, descriptor] of real) {
      Object.defineProperty(globalThis, name as string, descriptor as PropertyDescriptor);
    }
  };
}
