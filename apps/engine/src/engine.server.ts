import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Logger } from '@clinker/logging';
import express from 'express';
import { readFileSync } from 'node:fs';
import { DEFAULT_CIPHERS } from 'node:tls';
import { EngineModule } from './engine.module';
import type { EngineSettings } from './engine.settings';
import { apiMiddleware } from './http/api.middleware';
import { bodyMiddleware } from './http/body.middleware';
import { answerAllConnections, connectionLimits } from './http/connection.limits';
import { EngineAdapter } from './http/engine.adapter';
import { messageClasses } from './http/message.classes';
import { ReplySender } from './http/reply.sender';
import { LOGGER, nestLogger } from './logger';

/** Node's, but AES with 128 bits before that with 256: as safe for what passes here, and a third faster, which is felt in long lists. */
const FASTEST = 'TLS_AES_128_GCM_SHA256';
const CIPHERS = [FASTEST, ...DEFAULT_CIPHERS.split(':').filter((one) => one !== FASTEST)].join(':');

const splitAddress = (address: string): [host: string, port: number] => {
  const colon = address.lastIndexOf(':');
  return [address.slice(0, colon).replace(/^\[|\]$/g, ''), Number(address.slice(colon + 1))];
};

/** Builds the engine and lets it listen. Close the application to stop it in order: first requests, then running steps, then the database. */
export async function startEngine(
  settings: EngineSettings,
  module: DynamicModule = EngineModule.with(settings),
): Promise<NestExpressApplication> {
  const server = express();
  const adapter = new EngineAdapter(server);
  const application = await NestFactory.create<NestExpressApplication>(module, adapter, {
    httpsOptions: {
      ...messageClasses(server),
      ...connectionLimits(settings.CLINKER_REQUEST_TIMEOUT),
      ciphers: CIPHERS,
      cert: readFileSync(settings.CLINKER_TLS_CERT),
      key: readFileSync(settings.CLINKER_TLS_KEY),
    },
    bodyParser: false,
    bufferLogs: true,
    abortOnError: false,
  });
  adapter.sender = application.get(ReplySender, { strict: false });
  const log = application.get<Logger>(LOGGER);
  application.useLogger(nestLogger(log));
  application.disable('x-powered-by').disable('etag');
  application.use(apiMiddleware, bodyMiddleware);
  application.enableShutdownHooks();
  answerAllConnections(application.getHttpServer());
  const [host, port] = splitAddress(settings.CLINKER_HTTP_ADDRESS);
  await application.listen(port, host);
  log.info({ address: settings.CLINKER_HTTP_ADDRESS }, 'The engine is ready');
  return application;
}
