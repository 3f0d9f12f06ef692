/**
 * Stands for a middleware where there is none: it adds to the context, as one that authenticates does.
 * @template Result
 * @param {(context: { readonly user: string }) => Result} next
 */
export function asAda(next) {
  return next({ user: 'ada' });
}
