// The part of `@hawser/core/trpc` that a client's router needs. A bundler keeps all that a module exports which is
// loaded with `import()`, so what is loaded exports no more than this.
export { routerDispatch } from '@hawser/core/trpc';
