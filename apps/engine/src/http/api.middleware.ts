import { Links, contentKind, correlationId, negotiate, operationFailed, parameter, parseTarget } from '@clinker/ovirt-api';
import { withLogContext } from '@clinker/logging';
import type { NextFunction, Response } from 'express';
import { NOBODY } from '../accounts/caller';
import type { ApiRequest, WithApi } from './api-request';
import { sendFault } from './fault.response';
import { fileRequested } from './file.requests';
import { firstAddress } from './second.addresses';

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
  const path = firstAddress(target.path);
  return {
    target: { ...target, path },
    links: new Links(target.prefix),
    format,
    file: fileRequested(request.method, path, header(request, 'accept')),
    correlationId: correlationId(header(request, 'correlation-id'), parameter(target, 'correlation_id')),
    expectCreated: /201-created/i.test(expect),
    isAction: false,
    caller: NOBODY,
  };
}

/** A body must be of a form that can be read. One without a type is taken for XML, as simple clients send it. */
function hasUnknownBody({ headers }: WithApi): boolean {
  const { 'content-length': length = '0', 'transfer-encoding': encoding, 'content-type': type } = headers;
  return (length !== '0' || encoding !== undefined) && type !== undefined && !contentKind(type);
}

/** Why a request cannot be read, if so. */
function refusalOf(request: WithApi, format: 'xml' | 'json' | undefined): [status: number, text: string] | undefined {
  if (!format) return [406, 'The answer can be application/xml or application/json.'];
  if (hasUnknownBody(request)) return [415, 'The body can be application/xml or application/json.'];
  return undefined;
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
  const refusal = refusalOf(request, known.file ? known.format : format);
  if (refusal) return sendFault(response, known.format, refusal[0], operationFailed(refusal[1]));
  const version = header(request, 'version') ?? known.target.version;
  if (version !== undefined && !VERSIONS.includes(version)) return void response.status(400).end();
  request.url = `/api${known.target.path}`;
  withLogContext({ correlationId: known.correlationId }, next);
}
