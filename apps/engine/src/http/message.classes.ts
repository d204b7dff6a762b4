import type { Express } from 'express';
import { IncomingMessage, ServerResponse } from 'node:http';

interface MessageClasses {
  readonly IncomingMessage: typeof IncomingMessage;
  readonly ServerResponse: typeof ServerResponse;
}

/**
 * Classes of messages for the server of an Express application, which are from birth what Express would make of each: it changes the prototype
 * of every request and response, which costs V8 so much that half of what a request leaves behind lives on until a full collection. Where the
 * prototype is the right one already, nothing happens.
 */
export function messageClasses(application: Express): MessageClasses {
  class EngineRequest extends IncomingMessage {}
  class EngineResponse extends ServerResponse {}
  Object.setPrototypeOf(EngineRequest.prototype, application.request);
  Object.setPrototypeOf(EngineResponse.prototype, application.response);
  Object.assign(application, { request: EngineRequest.prototype, response: EngineResponse.prototype });
  return { IncomingMessage: EngineRequest, ServerResponse: EngineResponse as typeof ServerResponse };
}
