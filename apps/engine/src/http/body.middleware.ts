import { text, urlencoded } from 'express';

/** The largest body (bytes) that the API reads. */
const LIMIT = 1_048_576;

/** Reads forms as objects and everything else as text: what the text is decides the route, by its schema. */
export const bodyMiddleware = [urlencoded({ extended: false, limit: 65_536 }), text({ type: () => true, limit: LIMIT })];
