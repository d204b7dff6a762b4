import { ExpressAdapter } from '@nestjs/platform-express';
import type { Application, RequestHandler, Response } from 'express';
import type { WithApi } from './api-request';
import type { Reply } from './reply';
import type { ReplySender } from './reply.sender';
import { ResourceRoutes } from './resource.routes';

const METHODS = ['get', 'post', 'put', 'delete'] as const;

/**
 * Sends what controllers of the API answer. No interceptor does that: for each request that meets one Nest binds functions to an asynchronous
 * context, and V8 keeps alive until a full collection what hangs on these.
 */
export class EngineAdapter extends ExpressAdapter {
  /** Sends what is for clients of the API; there is none while the application is being made. */
  sender: ReplySender | undefined;

  constructor(application: Application) {
    super(application);
    for (const method of METHODS)
      this[method] = (path: string | RequestHandler, ...handlers: RequestHandler[]): unknown => {
        const router = typeof path === 'string' ? ResourceRoutes.of(application).for(path) : undefined;
        return (router ?? application)[method](path as string, ...handlers);
      };
  }

  override reply(response: Response, body: unknown, statusCode?: number): unknown {
    const { api } = response.req as WithApi;
    if (!api || !this.sender) return super.reply(response, body, statusCode);
    return body === undefined ? undefined : this.sender.send(response, api, body as Reply);
  }
}
