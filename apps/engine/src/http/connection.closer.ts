import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Server } from 'node:https';

const LOOK_MS = 100;

/**
 * Ends connections as they become idle while the engine stops. Node does that only once: one that has still to get rid of a refused body
 * would hold the engine until its keep-alive time is over.
 */
@Injectable()
export class ConnectionCloser implements BeforeApplicationShutdown {
  constructor(private readonly adapter: HttpAdapterHost) {}

  beforeApplicationShutdown(): void {
    const server = this.adapter.httpAdapter.getHttpServer() as Server;
    const timer = setInterval(() => server.closeIdleConnections(), LOOK_MS).unref();
    server.once('close', () => clearInterval(timer));
  }
}
