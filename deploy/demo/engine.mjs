// @ts-check
/** The engine's REST API for the demo: every request is printed as it is sent, with the answer's status and what matters of it. */
import https from 'node:https';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** @typedef {Record<string, any>} Json */

const bold = (/** @type {string} */ text) => (process.stdout.isTTY ? `\u001b[1m${text}\u001b[0m` : text);

/** Passwords and key values are shown as stars. */
const masked = (/** @type {string} */ name, /** @type {unknown} */ value) => (['password', 'value'].includes(name) ? '***' : value);

export class Engine {
  /** @param {{ url: string, user: string, password: string, ca: string }} access */
  constructor(access) {
    this.access = access;
    this.agent = new https.Agent({ ca: readFileSync(access.ca), keepAlive: true });
    this.token = '';
  }

  /** `POST sso/oauth/token`, as every oVirt client begins. */
  async logIn() {
    const { url, user: username, password } = this.access;
    const path = new URL('/ovirt-engine/sso/oauth/token', url);
    console.log(`  ${bold(`POST ${path.pathname}`)}  grant_type=password scope=ovirt-app-api username=${username} password=***`);
    const form = new URLSearchParams({ grant_type: 'password', scope: 'ovirt-app-api', username, password }).toString();
    const { status, json } = await this.#send('POST', path, form, 'application/x-www-form-urlencoded');
    console.log(`    ${status}  token of type ${json['token_type']}`);
    if (!json['access_token']) throw new Error(`The log-in failed: ${JSON.stringify(json)}`);
    this.token = json['access_token'];
  }

  /** @param {string} path @returns {Promise<Json>} */
  get(path) {
    return this.ask('GET', path);
  }

  /** @param {string} path @param {Json} [body] @returns {Promise<Json>} */
  post(path, body = {}) {
    return this.ask('POST', path, body);
  }

  /** @param {string} path @param {Json} body @returns {Promise<Json>} */
  put(path, body) {
    return this.ask('PUT', path, body);
  }

  /** @param {string} path @returns {Promise<Json>} */
  delete(path) {
    return this.ask('DELETE', path);
  }

  /** Sends and prints a request. @param {string} method @param {string} path @param {Json} [body] @returns {Promise<Json>} */
  async ask(method, path, body) {
    console.log(`  ${bold(`${method} ${path}`)}${body && Object.keys(body).length ? `  ${JSON.stringify(body, masked)}` : ''}`);
    const { status, json } = await this.quietly(method, path, body);
    console.log(`    ${status}  ${excerpt(json)}`);
    if (status >= 400) throw new Error(`${method} ${path} was refused: ${JSON.stringify(json)}`);
    return json;
  }

  /** @param {string} method @param {string} path @param {Json} [body] @returns {Promise<{ status: number, json: Json }>} */
  quietly(method, path, body) {
    return this.#send(method, new URL(this.access.url + path), body && JSON.stringify(body), 'application/json');
  }

  /** Asks again until it is so; prints the request once, and every change of what was seen. @param {string} path @param {(json: Json, status: number) => string} see @param {string} wanted */
  async wait(path, see, wanted) {
    console.log(`  ${bold(`GET ${path}`)}  until ${wanted}`);
    const deadline = Date.now() + 120_000;
    for (let last = ''; ; await sleep(100)) {
      const { status, json } = await this.quietly('GET', path);
      const seen = see(json, status);
      if (seen !== last) console.log(`    ${status}  ${seen}`);
      if (seen === wanted) return json;
      if (Date.now() > deadline) throw new Error(`${path} is still '${seen}', not '${wanted}'`);
      last = seen;
    }
  }

  /** @param {string} method @param {URL} url @param {string | undefined} body @param {string} contentType @returns {Promise<{ status: number, json: Json }>} */
  #send(method, url, body, contentType) {
    const headers = {
      Accept: 'application/json',
      'Content-Type': contentType,
      ...(this.token ? { Authorization: `Bearer ${this.token}` } : {}),
    };
    return new Promise((resolve, reject) => {
      const request = https.request(url, { method, headers, agent: this.agent }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk) => (text += chunk));
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, json: text.startsWith('{') ? JSON.parse(text) : {} }));
      });
      request.on('error', reject).end(body);
    });
  }
}

/** The members of an answer that tell a reader something. @param {Json} json */
function excerpt(json) {
  const shown = Object.entries(json).filter(
    ([name, value]) => typeof value === 'string' && value !== '' && !['href', 'comment', 'description'].includes(name),
  );
  const lists = Object.entries(json).flatMap(([name, value]) =>
    Array.isArray(value) && name !== 'link' ? [`${value.length} ${name}: ${value.map((item) => item.name ?? item.id).join(', ')}`] : [],
  );
  return [...shown.slice(0, 8).map(([name, value]) => `${name}=${value}`), ...lists].join('  ');
}
