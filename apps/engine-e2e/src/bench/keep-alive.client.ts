import { Agent, request } from 'node:https';

/** An answer, without its text: a benchmark measures the engine, not what a client does with it. */
export interface Received {
  readonly status: number;
  readonly bytes: number;
}

/** A client with one connection, which reads answers to their last byte. */
export class KeepAliveClient {
  private readonly agent: Agent;

  /** @param url of the engine @param ca who signed its certificate (PEM) */
  constructor(
    private readonly url: string,
    ca: string,
  ) {
    this.agent = new Agent({ keepAlive: true, maxSockets: 1, ca });
  }

  /** @throws Error if it is not answered by 200 */
  async get(path: string, headers: Readonly<Record<string, string>>): Promise<number> {
    const { status, bytes } = await this.send(path, headers);
    if (status !== 200) throw new Error(`${path}: ${status}`);
    return bytes;
  }

  close(): void {
    this.agent.destroy();
  }

  private send(path: string, headers: Readonly<Record<string, string>>): Promise<Received> {
    return new Promise((resolve, reject) => {
      const sent = request(`${this.url}${path}`, { agent: this.agent, headers }, (answer) => {
        let bytes = 0;
        answer.on('data', (part: Buffer) => (bytes += part.length));
        answer.once('end', () => resolve({ status: answer.statusCode ?? 0, bytes }));
        answer.once('error', reject);
      });
      sent.once('error', reject);
      sent.end();
    });
  }
}
