import { readFileSync } from 'node:fs';
import { Agent, type Dispatcher, request } from 'undici';

/** A page, or the address at which the browser was told to stop. */
export interface Page {
  readonly address: string;
  readonly text: string;
}

/** Follows redirects and keeps cookies by origin, as a browser does; forms are filled in by tests. */
export class ScriptedBrowser {
  private readonly cookies = new Map<string, Map<string, string>>();
  private readonly agent = new Agent({ connect: { ca: readFileSync(process.env['CLINKER_CA'] ?? '', 'utf8') } });

  /** @param until the beginning of an address which is not opened any more */
  open(address: string, until: string): Promise<Page> {
    return this.go(address, { method: 'GET' }, until);
  }

  submit({ address }: Page, fields: Readonly<Record<string, string>>, until: string): Promise<Page> {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return this.go(address, { method: 'POST', headers, body: new URLSearchParams(fields).toString() }, until);
  }

  close(): Promise<void> {
    return this.agent.close();
  }

  private async go(
    address: string,
    options: { method: Dispatcher.HttpMethod; headers?: object; body?: string },
    until: string,
  ): Promise<Page> {
    if (address.startsWith(until)) return { address, text: '' };
    const jar = this.jarOf(address);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await request(address, { ...options, headers: { ...options.headers, cookie }, dispatcher: this.agent });
    for (const line of [answer.headers['set-cookie'] ?? []].flat()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      jar.set(name, value);
    }
    const text = await answer.body.text();
    const { location } = answer.headers;
    if (typeof location !== 'string') return { address, text };
    return this.go(new URL(location, address).href, { method: 'GET' }, until);
  }

  private jarOf(address: string): Map<string, string> {
    const { origin } = new URL(address);
    const jar = this.cookies.get(origin) ?? new Map<string, string>();
    this.cookies.set(origin, jar);
    return jar;
  }
}
