export type { BufferOptions } from './buffer.js';
export { buffer, dropped, droppedOf } from './buffer.js';
export type { CallFailure } from './error-shape.js';
export { position } from './position.js';
export { refusalOf } from './refusal.js';
export type { RouterDispatchOptions } from './router-dispatch.js';
export { routerDispatch } from './router-dispatch.js';
export type { StreamSchema } from './stream-schema.js';
export { stream } from './stream-schema.js';
