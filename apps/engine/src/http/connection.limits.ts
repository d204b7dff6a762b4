import type { Server } from 'node:http';
import type { ServerOptions } from 'node:https';
import type { Socket } from 'node:net';

/** The part of a request's time in which its headers must be there, and how often in that time connections are looked at. */
const HEADERS_PART = 1 / 3;
const LOOKS = 15;

/** How long (ms) a refused client may go on sending until it has read the refusal: closing at once would take it away. */
const LINGER_MS = 1_000;

/** Longer (ms) than clients keep idle connections, so that it is they who close: a request on its way must not meet a closed end. */
const KEEP_ALIVE_MS = 75_000;

/** Bytes of all headers. Searches are in the first line, and may be long. */
const MAX_HEADER_BYTES = 65_536;

/** What one connection may take of the server. @param requestMs how long (ms) a client may take to send a request */
export const connectionLimits = (requestMs: number) =>
  ({
    headersTimeout: Math.ceil(requestMs * HEADERS_PART),
    requestTimeout: requestMs,
    connectionsCheckingInterval: Math.ceil(requestMs / LOOKS),
    keepAliveTimeout: KEEP_ALIVE_MS,
    maxHeaderSize: MAX_HEADER_BYTES,
  }) satisfies ServerOptions;

/** What Node's parser refuses, with the status and the words for it. */
const REFUSALS: Readonly<Record<string, [status: string, detail: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'The request was sent too slowly.'],
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', `The headers have more than ${MAX_HEADER_BYTES} bytes.`],
};
const MALFORMED: [string, string] = ['400 Bad Request', 'The request is no well-formed HTTP.'];

function refuse(error: NodeJS.ErrnoException, socket: Socket): void {
  if (socket.writableEnded) return;
  if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy();
  const [status, detail] = REFUSALS[error.code ?? ''] ?? MALFORMED;
  const body = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><fault><detail>[${detail}]</detail><reason>Operation Failed</reason></fault>`;
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: application/xml;charset=UTF-8\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
  );
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}

/** Answers with a fault what never becomes a request, and lets requests through that expect something. */
export function answerAllConnections(server: Server): void {
  server.on('clientError', refuse);
  // Node refuses any other expectation than 100-continue; oVirt's clients send `Expect: 201-created`.
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
}
