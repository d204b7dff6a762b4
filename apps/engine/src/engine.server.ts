import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Logger } from '@clinker/logging';
import { readFileSync } from 'node:fs';
import type { Server } from 'node:https';
import { EngineModule } from './engine.module';
import type { EngineSettings } from './engine.settings';
import { apiMiddleware } from './http/api.middleware';
import { bodyMiddleware } from './http/body.middleware';
import { LOGGER, nestLogger } from './logger';

/** How long (ms) a client may take to send a request; slow bodies must not hold a connection. */
const REQUEST_TIMEOUT_MS = 60_000;

const splitAddress = (address: string): [host: string, port: number] => {
  const colon = address.lastIndexOf(':');
  return [address.slice(0, colon).replace(/^\[|\]$/g, ''), Number(address.slice(colon + 1))];
};

/** Builds the engine and lets it listen. Close the application to stop it in order: first requests, then running steps, then the database. */
export async function startEngine(
  settings: EngineSettings,
  module: DynamicModule = EngineModule.with(settings),
): Promise<NestExpressApplication> {
  const application = await NestFactory.create<NestExpressApplication>(module, {
    httpsOptions: { cert: readFileSync(settings.CLINKER_TLS_CERT), key: readFileSync(settings.CLINKER_TLS_KEY) },
    bodyParser: false,
    bufferLogs: true,
    abortOnError: false,
  });
  const log = application.get<Logger>(LOGGER);
  application.useLogger(nestLogger(log));
  application.disable('x-powered-by').disable('etag');
  application.use(apiMiddleware, ...bodyMiddleware);
  application.enableShutdownHooks();
  const server = application.getHttpServer() as Server;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  // Node refuses any other expectation than 100-continue; oVirt's clients send `Expect: 201-created`.
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
  const [host, port] = splitAddress(settings.CLINKER_HTTP_ADDRESS);
  await application.listen(port, host);
  log.info({ address: settings.CLINKER_HTTP_ADDRESS }, 'The engine is ready');
  return application;
}
