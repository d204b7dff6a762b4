import { ExpressAdapter } from '@nestjs/platform-express';
import type { Response } from 'express';
import type { WithApi } from './api-request';
import type { Reply } from './reply';
import type { ReplySender } from './reply.sender';

/**
 * Sends what controllers of the API answer. No interceptor does that: for each request that meets one Nest binds functions to an asynchronous
 * context, and V8 keeps alive until a full collection what hangs on these.
 */
export class EngineAdapter extends ExpressAdapter {
  /** Sends what is for clients of the API; there is none while the application is being made. */
  sender: ReplySender | undefined;

  override reply(response: Response, body: unknown, statusCode?: number): unknown {
    const { api } = response.req as WithApi;
    if (!api || !this.sender) return super.reply(response, body, statusCode);
    return body === undefined ? undefined : this.sender.send(response, api, body as Reply);
  }
}
