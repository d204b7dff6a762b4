import { Links, correlationId, negotiate, operationFailed, parameter, parseTarget } from '@clinker/ovirt-api';
import { withLogContext } from '@clinker/logging';
import type { NextFunction, Response } from 'express';
import { NOBODY } from '../accounts/caller';
import type { ApiRequest, WithApi } from './api-request';
import { sendFault } from './fault.response';

/** Versions of the API that a client may name, in the header or the path. */
const VERSIONS = ['3', '4'];

const header = (request: WithApi, name: string): string | undefined => {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
};

function describe(request: WithApi, format: 'xml' | 'json'): ApiRequest | undefined {
  const target = parseTarget(request.url);
  if (!target) return undefined;
  const expect = header(request, 'x-ovirt-expect') ?? header(request, 'expect') ?? '';
  return {
    target,
    links: new Links(target.prefix),
    format,
    correlationId: correlationId(header(request, 'correlation-id'), parameter(target, 'correlation_id')),
    expectCreated: /201-created/i.test(expect),
    isAction: false,
    caller: NOBODY,
  };
}

/**
 * Makes one thing of the many ways to name an API resource: both prefixes, a version in the path, matrix parameters, a slash at the end.
 * Routers below see `/api/<path>` and nothing else.
 */
export function apiMiddleware(request: WithApi, response: Response, next: NextFunction): void {
  const format = negotiate(header(request, 'accept'));
  let api: ApiRequest | undefined;
  try {
    api = describe(request, format ?? 'xml');
  } catch {
    return sendFault(response, 'xml', 400, operationFailed('The address of the request is malformed.'));
  }
  if (!api) return next();
  const known = api;
  request.api = known;
  response.setHeader('Correlation-Id', known.correlationId);
  if (!format) return sendFault(response, 'xml', 406, operationFailed('The answer can be application/xml or application/json.'));
  const version = header(request, 'version') ?? known.target.version;
  if (version !== undefined && !VERSIONS.includes(version)) return void response.status(400).end();
  request.url = `/api${known.target.path}`;
  withLogContext({ correlationId: known.correlationId }, next);
}
