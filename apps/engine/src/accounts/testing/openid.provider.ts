import { HttpProxy, freePort } from '@clinker/testing';
import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A user of the provider. */
export interface ProviderUser {
  /** `id-of-<name>` unless given. */
  readonly sub?: string;
  readonly password: string;
  readonly preferred_username?: unknown;
  readonly groups?: unknown;
  readonly email?: string;
  readonly given_name?: string;
  readonly family_name?: string;
  readonly disabled?: boolean;
}

const CLIENT_ID = 'clinker';

/** The secret that the engine has with the provider. */
export const CLIENT_SECRET = 'secret-of-the-client';

const lab = (file: string): string => join(process.env['LAB_FOLDER'] ?? '', 'tls', file);

/** A real OpenID provider behind TLS with the lab's certificate. What goes wrong between it and the engine is done by `way`. */
export class OpenIdProvider {
  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    /** The way to it, which can be disturbed. */
    readonly way: HttpProxy,
  ) {}

  static async start(redirectUris = ['https://engine.invalid/']): Promise<OpenIdProvider> {
    const port = await freePort();
    const tls = { key: readFileSync(lab('engine.key'), 'utf8'), cert: readFileSync(lab('engine.crt'), 'utf8') };
    const way = await HttpProxy.start(`http://127.0.0.1:${port}`, { tls });
    const child = fork(join(__dirname, 'openid.process.mjs'), { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], execArgv: [] });
    const folder = mkdtempSync(join(tmpdir(), 'openid-'));
    const provider = new OpenIdProvider(child, folder, way);
    await provider.tell({ start: { port, issuer: way.url, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET, redirectUris } });
    return provider;
  }

  /** The engine's settings with which its users log in as `…@corp`. */
  get settings(): NodeJS.ProcessEnv {
    return {
      CLINKER_OIDC_PROFILE: 'corp',
      CLINKER_OIDC_ISSUER: this.way.url,
      CLINKER_OIDC_CLIENT_ID: CLIENT_ID,
      CLINKER_OIDC_CLIENT_SECRET_FILE: this.secretFile(CLIENT_SECRET),
      CLINKER_OIDC_CA: process.env['CLINKER_CA'],
      CLINKER_OIDC_TIMEOUT: '2s',
    };
  }

  /** The path of a file with this secret. */
  secretFile(secret: string): string {
    const path = join(this.folder, randomUUID());
    writeFileSync(path, secret);
    return path;
  }

  /** From now on there are these users, and no others. */
  async setUsers(users: Readonly<Record<string, ProviderUser>>): Promise<void> {
    const all = Object.entries(users).map(([name, user]) => [name, { sub: `id-of-${name}`, preferred_username: name, ...user }]);
    await this.tell({ users: Object.fromEntries(all) as Record<string, ProviderUser> });
  }

  /** Where the claims are told: beside the id in the ID token, or only when they are asked for. */
  async setClaimsIn(claimsIn: 'id_token' | 'userinfo'): Promise<void> {
    await this.tell({ claimsIn });
  }

  async close(): Promise<void> {
    await this.way.close();
    const gone = once(this.child, 'exit');
    this.child.disconnect();
    await gone;
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async tell(message: object): Promise<void> {
    const answered = once(this.child, 'message');
    this.child.send(message);
    await answered;
  }
}
