import { PlainAbortController } from './plain-abort.ts';
import { SeededRandom } from './seeded-random.ts';

const cryptoSalt = 0xc4f7;

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

const mirages: readonly (readonly [string, unknown])[] = [
  ...timers.map((name): [string, unknown] => [name, forbidden(name)]),
  ['Date', mirage('Date')],
  ['performance', mirage('performance')],
  ['AbortController', PlainAbortController],
];

/** Names that nobody knows beforehand are drawn, and nothing else is there of it. */
function seededCrypto(random: SeededRandom): object {
  const getRandomValues = (bytes: Uint8Array): Uint8Array => {
    for (const i of bytes.keys()) bytes[i] = random.below(256);
    return bytes;
  };
  return Object.setPrototypeOf({ getRandomValues }, mirage('crypto'));
}

/** Takes away real time and real randomness, until the returned function is called. */
export function quarantine(seed: number): () => void {
  const { random } = Math;
  const substitutes = new Map([...mirages, ['crypto', seededCrypto(new SeededRandom(seed, cryptoSalt))]]);
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
