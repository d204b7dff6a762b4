import {
  type Fault,
  InvalidInput,
  MalformedDocument,
  SearchSyntaxError,
  actionFailed,
  fault as faultOfDetail,
  operationFailed,
  reasons,
} from '@clinker/ovirt-api';
import type { Logger } from '@clinker/logging';
import { isTransientDatabaseError } from '@clinker/sagas';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, NotFoundException } from '@nestjs/common';
import type { Response } from 'express';
import {
  BackendError,
  ConflictError,
  DomainError,
  ForbiddenError,
  IncompleteInputError,
  InvalidInputError,
  LimitExceededError,
  NotFoundError,
  UnauthenticatedError,
  UnavailableError,
  UnsupportedError,
} from '../errors/domain.errors';
import { allowedMethods } from './allowed.methods';
import type { WithApi } from './api-request';
import { sendDocument, sendFault } from './fault.response';

type ErrorClass = abstract new (...args: never[]) => Error;

/** The one place where errors become statuses and reasons (oVirt's, see docs/faults.md). */
const FAULTS: [ErrorClass, number, string][] = [
  [MalformedDocument, 400, 'Request syntactically incorrect.'],
  [SearchSyntaxError, 400, reasons.invalidValue],
  [IncompleteInputError, 400, reasons.incompleteParameters],
  [InvalidInputError, 400, reasons.invalidValue],
  [UnauthenticatedError, 401, 'Unauthorized'],
  [ForbiddenError, 403, reasons.operationFailed],
  [NotFoundError, 404, reasons.operationFailed],
  [ConflictError, 409, reasons.operationFailed],
  [LimitExceededError, 413, reasons.operationFailed],
  [UnsupportedError, 400, reasons.operationFailed],
  [UnavailableError, 503, reasons.operationFailed],
  [BackendError, 500, reasons.operationFailed],
];

const DATABASE_AWAY = 'The database of the engine cannot be used now. Please try again in a few seconds.';

/** What a client may wait (s) before it asks again. */
const RETRY_AFTER_S = '2';

/** Errors of the body's reader and of the router carry their own 4xx status: too large, cut off, malformed percent-encoding. */
const readerStatus = (error: unknown): number | undefined => {
  const status = error instanceof Error && 'status' in error ? error.status : undefined;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
};

function faultOf(error: unknown): { status: number; fault: Fault } {
  if (error instanceof HttpException) return { status: error.getStatus(), fault: operationFailed(error.message) };
  if (error instanceof InvalidInput) return { status: 400, fault: error.fault };
  const status4xx = readerStatus(error);
  if (status4xx) return { status: status4xx, fault: operationFailed((error as Error).message) };
  if (!(error instanceof DomainError) && isTransientDatabaseError(error)) return { status: 503, fault: operationFailed(DATABASE_AWAY) };
  const known = FAULTS.find(([type]) => error instanceof type);
  if (!known || !(error instanceof Error)) return { status: 500, fault: operationFailed('Internal Engine Error') };
  const [, status, reason] = known;
  return { status, fault: reason === reasons.operationFailed ? operationFailed(error.message) : faultOfDetail(reason, error.message) };
}

/** The router found nothing: the path may exist with other methods. Its own text would show the inner path. */
function refuseRoute(request: WithApi, response: Response): void {
  const format = request.api?.format ?? 'xml';
  const allowed = allowedMethods(request.app, request.path);
  if (allowed.length === 0) return sendFault(response, format, 404, operationFailed('There is no such resource.'));
  response.setHeader('Allow', allowed.join(', '));
  if (request.method === 'OPTIONS') return void response.status(200).end();
  sendFault(response, format, 405, operationFailed(`The resource has no method ${request.method}. It has ${allowed.join(', ')}.`));
}

/** Turns whatever was thrown into oVirt's fault. What is not known is our bug: it is logged whole and shown as nothing. */
@Catch()
export class FaultFilter implements ExceptionFilter {
  constructor(private readonly log: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<WithApi>();
    const response = host.switchToHttp().getResponse<Response>();
    if (error instanceof NotFoundException) return refuseRoute(request, response);
    const { status, fault } = faultOf(error);
    if (!(error instanceof DomainError) && status >= 500)
      this.log.error({ err: error, method: request.method, path: request.path }, 'A request failed');
    const format = request.api?.format ?? 'xml';
    if (status === 503) response.setHeader('Retry-After', RETRY_AFTER_S);
    if (status === 401) response.setHeader('WWW-Authenticate', 'Basic realm="RESTAPI"');
    if (request.api?.isAction) sendDocument(response, format, status, { element: 'action', body: actionFailed(fault) });
    else sendFault(response, format, status, fault);
  }
}
