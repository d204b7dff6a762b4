export { freshDatabase, type FreshDatabase } from './fresh-database';
export { HttpProxy } from './http-proxy';
export type { Disturbance, HttpProxyOptions, RequestMatch, SeenRequest } from './http-proxy';
