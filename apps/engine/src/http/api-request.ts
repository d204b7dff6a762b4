import { type Links, type RequestTarget, booleanParameter, parameter } from '@clinker/ovirt-api';
import { type ExecutionContext, createParamDecorator } from '@nestjs/common';
import type { Request } from 'express';
import type { Caller } from '../accounts/accounts.service';
import { InvalidInputError } from '../errors/domain.errors';
import type { Viewer } from '../permissions/viewer';
import type { FileType } from './file.requests';

/** What is known about an API request beyond its path and body: one value for controllers instead of many decorators. */
export interface ApiRequest {
  readonly target: RequestTarget;
  /** Links with the prefix that the client asked for. */
  readonly links: Links;
  readonly format: 'xml' | 'json';
  /** Set if the answer is to be a file of this type; faults are documents all the same. */
  readonly file: FileType | undefined;
  readonly correlationId: string;
  /** From the header `Expect: 201-created`: answer when the object is complete. */
  readonly expectCreated: boolean;
  /** True on routes of actions (`POST …/start`): a refused action answers with an action. */
  isAction: boolean;
  /** Set by the guard. */
  caller: Caller;
  /** Set by the guard for callers who do not see everything. */
  viewer?: Viewer;
}

/** An Express request that went through the API middleware. */
export type WithApi = Request & { api?: ApiRequest };

/** The request's {@link ApiRequest}; for controllers below the API. */
export const Api = createParamDecorator((_data: unknown, context: ExecutionContext): ApiRequest => {
  const { api } = context.switchToHttp().getRequest<WithApi>();
  if (!api) throw new Error('This controller is not below the API');
  return api;
});

/** A parameter that is a switch: `true`, `t`, `yes`, `y`, `1`, or named without a value. */
export const flag = (api: ApiRequest, name: string, otherwise = false): boolean => booleanParameter(parameter(api.target, name), otherwise);

/**
 * A parameter that is a whole number, e.g. `max`.
 * @throws InvalidInputError
 */
export function wholeNumber(api: ApiRequest, name: string): number | undefined {
  const text = parameter(api.target, name);
  if (text === undefined) return undefined;
  if (!/^\d{1,15}$/.test(text)) throw new InvalidInputError(`The parameter ${name} must be a whole number, not '${text}'.`);
  return Number(text);
}
