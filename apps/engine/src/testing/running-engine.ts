import { type FreshDatabase, freshDatabase } from '@clinker/testing';
import type { DynamicModule, InjectionToken, ModuleMetadata } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { EntityManager } from 'typeorm';
import { Agent, type Dispatcher, request } from 'undici';
import { startEngine } from '../engine.server';
import { type EngineSettings, readEngineSettings } from '../engine.settings';
import { FoundationModule } from '../foundation.module';

/** The password of admin@internal. */
export const PASSWORD = 'not-a-secret';
const lab = (name: string): string => process.env[name] ?? '';

/** An answer of the API. */
export interface Answer {
  readonly status: number;
  readonly text: string;
  /** The first id in the text: the object's own. */
  readonly id: string;
}

/** A request with nothing added but admin's credentials. */
export interface RawRequest {
  readonly method?: Dispatcher.HttpMethod;
  readonly headers?: Record<string, string>;
  readonly body?: string | Readable;
}

/** An answer with its headers. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** Who asks, if not admin@internal. */
export interface Client {
  readonly login?: string;
  readonly password?: string;
  readonly headers?: Record<string, string>;
}

/** A part of the engine, listening, on a database of its own. The lab's other services are shared; its hosts are not heard. */
export class RunningEngine {
  private constructor(
    private readonly application: NestExpressApplication,
    private readonly database: FreshDatabase,
    private readonly folder: string,
    private readonly agent: Agent,
  ) {}

  /** Starts it with these modules beside the foundation, and these settings beside its own. Needs the lab's environment. */
  static async start(imports: NonNullable<ModuleMetadata['imports']>, environment: NodeJS.ProcessEnv = {}): Promise<RunningEngine> {
    const folder = mkdtempSync(join(tmpdir(), 'engine-'));
    const database = await freshDatabase();
    const settings = RunningEngine.settings(folder, { ...environment, DATABASE_URL: database.url });
    class PartModule {}
    const module: DynamicModule = { module: PartModule, imports: [FoundationModule.with(settings), ...imports] };
    const application = await startEngine(settings, module);
    return new RunningEngine(application, database, folder, new Agent({ connect: { ca: readFileSync(lab('CLINKER_CA'), 'utf8') } }));
  }

  private static settings(folder: string, environment: NodeJS.ProcessEnv): EngineSettings {
    writeFileSync(join(folder, 'key'), 'ab'.repeat(32));
    writeFileSync(join(folder, 'admin'), PASSWORD);
    return readEngineSettings({
      ...process.env,
      CLINKER_HTTP_ADDRESS: '127.0.0.1:0',
      CLINKER_TLS_CERT: join(lab('LAB_FOLDER'), 'tls/engine.crt'),
      CLINKER_TLS_KEY: join(lab('LAB_FOLDER'), 'tls/engine.key'),
      CLINKER_KEY_FILE: join(folder, 'key'),
      CLINKER_ADMIN_PASSWORD_FILE: join(folder, 'admin'),
      CLINKER_LOG_LEVEL: 'silent',
      ...environment,
    });
  }

  get db(): EntityManager {
    return this.application.get(EntityManager);
  }

  /** A provider of one of the modules. */
  get<T>(token: InjectionToken<T>): T {
    return this.application.get(token, { strict: false });
  }

  /** One request as it stands, to any path; as admin@internal unless the headers say otherwise. */
  async send(path: string, { method = 'GET', headers = {}, body }: RawRequest = {}): Promise<RawAnswer> {
    const { port } = (this.application.getHttpServer() as { address(): AddressInfo }).address();
    const authorization = `Basic ${Buffer.from(`admin@internal:${PASSWORD}`).toString('base64')}`;
    const options = { method, headers: { authorization, ...headers }, dispatcher: this.agent, ...(body === undefined ? {} : { body }) };
    const answer = await request(`https://127.0.0.1:${port}${path}`, options);
    return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
  }

  /** One request, as admin@internal unless told. `path` is below the API; a body is XML. */
  async ask(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: string, client: Client = {}): Promise<Answer> {
    const { port } = (this.application.getHttpServer() as { address(): AddressInfo }).address();
    const { login = 'admin@internal', password = PASSWORD } = client;
    const headers = {
      authorization: `Basic ${Buffer.from(`${login}:${password}`).toString('base64')}`,
      ...(body === undefined ? {} : { 'content-type': 'application/xml' }),
      ...client.headers,
    };
    const options = { method, headers, dispatcher: this.agent, ...(body === undefined ? {} : { body }) };
    const answer = await request(`https://127.0.0.1:${port}/ovirt-engine/api${path}`, options);
    const text = await answer.body.text();
    return { status: answer.statusCode, text, id: / id="([^"]+)"/.exec(text)?.[1] ?? '' };
  }

  /** Ends it, and removes what it had. */
  async close(): Promise<void> {
    await this.application.close();
    await this.agent.close();
    await this.database.drop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
