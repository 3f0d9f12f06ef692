import { isCount, isObject, type Json } from './frames.ts';

export interface Welcome {
  readonly session: string;
  readonly server: string;
  readonly resumed: boolean;
  readonly sent: number;
  readonly received: number;
  readonly limits: Readonly<Record<string, number>>;
  readonly features: readonly string[];
}

/** Reads the second element of a `welcome` frame, or throws if it has not the shape of section 5. */
export function parseWelcome(body: Json | undefined): Welcome {
  if (!isObject(body)) throw new Error(`no welcome: ${JSON.stringify(body)}`);
  const { session, server, resumed, sent, received, limits, features = [] } = body;
  if (typeof session !== 'string' || typeof server !== 'string' || typeof resumed !== 'boolean') {
    throw new Error(`malformed welcome: ${JSON.stringify(body)}`);
  }
  if (!isCount(sent) || !isCount(received) || !isObject(limits) || !Array.isArray(features)) {
    throw new Error(`malformed welcome: ${JSON.stringify(body)}`);
  }
  const numbers = Object.entries(limits).filter((entry): entry is [string, number] => isCount(entry[1]));
  const words = features.filter((word) => typeof word === 'string');
  if (numbers.length < Object.keys(limits).length || words.length < features.length) {
    throw new Error(`malformed limits or features: ${JSON.stringify(body)}`);
  }
  return { session, server, resumed, sent, received, limits: Object.fromEntries(numbers), features: words };
}
