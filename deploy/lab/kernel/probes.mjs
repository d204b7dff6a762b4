// @ts-check
/** Questions that tell whether a daemon answers. */
import { connect } from 'node:net';
import http from 'node:http';
import https from 'node:https';

/** Whether somebody accepts connections there. @param {{host?: string, port?: number, path?: string}} target @returns {Promise<boolean>} */
export function accepts(target) {
  return new Promise((resolve) => {
    const socket = connect(/** @type {import('node:net').NetConnectOpts} */ (target));
    const answer = (/** @type {boolean} */ open) => {
      socket.destroy();
      resolve(open);
    };
    socket.setTimeout(2000, () => answer(false));
    socket.once('connect', () => answer(true)).once('error', () => answer(false));
  });
}

/**
 * Sends bytes and answers what comes back until the predicate likes it or the peer closes.
 * @param {{host?: string, port?: number, path?: string}} target
 * @param {string} question
 * @param {(answer: Buffer) => boolean} [enough]
 * @returns {Promise<Buffer>}
 */
export function converse(target, question, enough = () => false) {
  return new Promise((resolve, reject) => {
    const socket = connect(/** @type {import('node:net').NetConnectOpts} */ (target), () => socket.write(question));
    let received = Buffer.alloc(0);
    const finish = () => {
      socket.destroy();
      resolve(received);
    };
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (enough(received)) finish();
    });
    socket.setTimeout(3000, () => socket.destroy(new Error('no answer within 3 s')));
    socket.once('end', finish).once('error', reject);
  });
}

/**
 * @typedef {{status: number, body: string, header: (name: string) => string}} HttpAnswer
 * @typedef {{method?: string, headers?: Record<string, string>, json?: unknown, ca?: string}} HttpQuestion
 */

/**
 * One HTTP request; any status is an answer.
 * @param {string} url
 * @param {HttpQuestion} [question]
 * @returns {Promise<HttpAnswer>}
 */
export function ask(url, { method = 'GET', headers = {}, json, ca } = {}) {
  const body = json === undefined ? undefined : JSON.stringify(json);
  const all =
    body === undefined ? headers : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)), ...headers };
  return new Promise((resolve, reject) => {
    const options = { method, headers: all, timeout: 20_000, agent: false, ...(ca ? { ca } : {}) };
    const request = (url.startsWith('https:') ? https : http).request(url, options, (response) => resolve(readAnswer(response)));
    request.once('timeout', () => request.destroy(new Error(`no answer from ${url}`))).once('error', reject);
    request.end(body);
  });
}

/** @param {http.IncomingMessage} response @returns {Promise<HttpAnswer>} */
async function readAnswer(response) {
  let body = '';
  for await (const chunk of response.setEncoding('utf8')) body += chunk;
  return { status: response.statusCode ?? 0, body, header: (name) => String(response.headers[name] ?? '') };
}
