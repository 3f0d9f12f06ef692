import superjson from 'superjson';

/**
 * How contenders without a transformer of their own apply one.
 * @param {import('./speed-contender.mjs').Transformer} transformer
 * @returns {{ pack(value: unknown): unknown, unpack(packed: any): any }}
 */
export function packing(transformer) {
  return transformer === 'superjson'
    ? { pack: superjson.serialize, unpack: superjson.deserialize }
    : { pack: same, unpack: same };
}

/** @param {unknown} value */
function same(value) {
  return value;
}
