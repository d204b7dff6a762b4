import { TextDecoder } from 'node:util';
import type { NextFunction, Response } from 'express';
import type { WithApi } from './api-request';

/** The largest body (bytes) that the API reads. */
const LIMIT = 1_048_576;

const FORM = 'application/x-www-form-urlencoded';

/** A body that cannot be read; the fault filter answers with its status. */
class UnreadableBody extends Error {
  constructor(
    readonly status: 400 | 413 | 415,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

const tooLarge = (): UnreadableBody => new UnreadableBody(413, `The body has more than ${LIMIT} bytes.`);

/** The decoder of the body's character set. Compressed bodies are not taken: a small one could hold anything. */
function decoderOf({ headers }: WithApi): TextDecoder {
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') throw new UnreadableBody(415, 'The body must not be compressed.');
  const charset = /;\s*charset="?([^";\s]+)/i.exec(headers['content-type'] ?? '')?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(charset, { fatal: true });
  } catch {
    throw new UnreadableBody(415, `The character set ${charset.slice(0, 40)} is not known.`);
  }
}

/** All bytes, or the refusal as soon as there are too many: what follows is thrown away without waiting for its end. */
function bytesOf(request: WithApi): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let length = 0;
    const take = (part: Buffer): void => {
      length += part.length;
      if (length <= LIMIT) return void parts.push(part);
      request.off('data', take);
      request.resume();
      reject(tooLarge());
    };
    request.on('data', take);
    request.once('end', () => resolve(Buffer.concat(parts)));
    request.once('error', reject);
    request.once('aborted', () => reject(new UnreadableBody(400, 'The body ends too early.')));
  });
}

async function textOf(request: WithApi): Promise<string> {
  const decoder = decoderOf(request);
  if (Number(request.headers['content-length'] ?? 0) > LIMIT) throw tooLarge();
  const bytes = await bytesOf(request);
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new UnreadableBody(400, `The body is not ${decoder.encoding}.`, { cause });
  }
}

/** Of repeated fields the first counts. */
const formFields = (text: string): Record<string, string> => Object.fromEntries([...new URLSearchParams(text)].reverse());

async function read(request: WithApi): Promise<void> {
  const text = await textOf(request);
  const isForm = request.headers['content-type']?.toLowerCase().startsWith(FORM);
  request.body = isForm ? formFields(text) : text;
}

const announcesBody = ({ headers }: WithApi): boolean =>
  Number(headers['content-length'] ?? 0) > 0 || headers['transfer-encoding'] !== undefined;

/**
 * Who only asks needs no body, so none is waited for: libgovirt announces one with every question, and leaves it out when it repeats the
 * question after a 401. What may follow is no request, so the connection ends with the answer.
 */
function withoutBody(request: WithApi, response: Response): void {
  request.body = '';
  if (announcesBody(request)) response.setHeader('Connection', 'close');
}

/** Reads forms as objects and everything else as text: what the text is decides the route, by its schema. */
export function bodyMiddleware(request: WithApi, response: Response, next: NextFunction): void {
  if (request.method !== 'GET' && request.method !== 'HEAD') return void read(request).then(() => next(), next);
  withoutBody(request, response);
  next();
}
